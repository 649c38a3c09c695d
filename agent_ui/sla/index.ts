import { lazyComponent } from "../shared/lazy-modules"

export const DueTime = lazyComponent(() => import("./components/DueTime.vue"))
export const SlaCard = lazyComponent(() => import("./components/SlaCard.vue"))
