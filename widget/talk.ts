export { ChatScreen } from "./components/chat-screen"
export { createTalk } from "./models/talk"
