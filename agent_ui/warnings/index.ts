export { default as WarningList } from "./components/WarningList.vue"
