import { merged } from "./merged"

export default merged(import.meta.glob("../../*/first.ar.json", { eager: true, import: "default" }))
