/** Nuxt UI draws dark under a class; this keeps the class as the system says. */
export function followColorScheme(root: HTMLElement, query: MediaQueryList): void {
  const apply = () => {
    root.classList.toggle("dark", query.matches)
    root.classList.toggle("light", !query.matches)
  }
  query.addEventListener("change", apply)
  apply()
}
