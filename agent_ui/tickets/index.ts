import { lazyComponent } from "../shared/lazy-modules"

export const TicketDialog = lazyComponent(() => import("./components/TicketDialog.vue"))
export const TicketSection = lazyComponent(() => import("./components/details/TicketSection.vue"))
