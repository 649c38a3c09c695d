export { ruleWords } from "./models/rule-words"
