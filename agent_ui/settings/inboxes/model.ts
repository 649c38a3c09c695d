import { useApp } from "../../shared/context"
import { createInboxes } from "./models/inbox-settings"

export const useInboxes = () => createInboxes(useApp().api)

export { momentIn, placeOf } from "./models/inbox-settings"
