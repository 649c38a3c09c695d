import { lazyComponent } from "../shared/lazy-modules"

export const ApprovalBar = lazyComponent(() => import("./components/ApprovalBar.vue"))
export const EscalationCard = lazyComponent(() => import("./components/EscalationCard.vue"))
export const FlowLine = lazyComponent(() => import("./components/FlowLine.vue"))
