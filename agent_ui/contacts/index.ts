import { lazyComponent } from "../shared/lazy-modules"

export const DetailsPanel = lazyComponent(() => import("./components/DetailsPanel.vue"))
