import { lazyComponent } from "../shared/lazy-modules"

export { useFilterChoices } from "./components/filter-choices"
export { shiftOf } from "./components/scroll-anchor"
export { createSelection, type Selection } from "./models/selection"

export const BulkBar = lazyComponent(() => import("./components/BulkBar.vue"))
export const SavedViews = lazyComponent(() => import("./components/SavedViews.vue"))
export const SaveViewDialog = lazyComponent(() => import("./components/SaveViewDialog.vue"))
