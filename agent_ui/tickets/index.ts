import { lazyComponent } from "../shared/lazy-modules"

export const TicketDialog = lazyComponent(() => import("./components/TicketDialog.vue"))
export const TicketSection = lazyComponent(() => import("./components/details/TicketSection.vue"))
export const NewTicketDialog = lazyComponent(() => import("./components/new/NewTicketDialog.vue"))
export const FieldsSection = lazyComponent(() => import("./components/fields/FieldsSection.vue"))
export const MissingFieldsDialog = lazyComponent(() => import("./components/fields/MissingFieldsDialog.vue"))
