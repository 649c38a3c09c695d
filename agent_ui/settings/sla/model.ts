import { useApp } from "../../shared/context"
import { createPolicies } from "./models/policies"

export const usePolicies = () => createPolicies(useApp().api)
