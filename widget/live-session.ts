export { ChatScreen } from "./components/chat-screen"
export { createLiveSession } from "./models/live-session"
