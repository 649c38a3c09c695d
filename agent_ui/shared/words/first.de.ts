import { merged } from "./merged"

export default merged(import.meta.glob("../../*/first.de.json", { eager: true, import: "default" }))
