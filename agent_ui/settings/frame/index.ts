export { usePageWords } from "./page-words"
