import { defineArea } from "../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useFlowWords),
  others: [{ name: "approvals", path: "/tickets/approvals", load: () => import("./pages/ApprovalsPage.vue") }],
})
