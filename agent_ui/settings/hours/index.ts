export { default as HoursNow } from "./components/HoursNow.vue"
