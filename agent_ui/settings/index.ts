export { usePageWords } from "./frame/page-words"
