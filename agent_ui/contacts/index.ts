import { lazyComponent } from "../shared/lazy-modules"

export const DetailsPanel = lazyComponent(() => import("./components/DetailsPanel.vue"))
export const PanelSection = lazyComponent(() => import("./components/PanelSection.vue"))
export const PastThread = lazyComponent(() => import("./components/PastThread.vue"))
