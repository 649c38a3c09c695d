export { default as CandidateList } from "./components/CandidateList.vue"
export { default as TraceList } from "./components/TraceList.vue"
