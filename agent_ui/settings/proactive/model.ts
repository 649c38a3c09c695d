import { useApp } from "../../shared/context"
import { createProactive } from "./models/greetings"

export const useProactive = () => createProactive(useApp().api)
