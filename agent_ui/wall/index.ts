export { duration } from "./components/figures"
