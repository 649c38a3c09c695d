import { useApp } from "../../shared/context"
import { createStatuses } from "./models/statuses"

export const useStatuses = () => createStatuses(useApp().api)
