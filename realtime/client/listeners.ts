/** Those who want to be told. A listener that throws does not keep the others from hearing. */
export interface Listeners<A extends unknown[]> {
  add(listener: (...told: A) => void): () => void
  tell(...told: A): void
}

export function createListeners<A extends unknown[]>(): Listeners<A> {
  const all = new Set<(...told: A) => void>()
  return {
    add(listener) {
      all.add(listener)
      return () => {
        all.delete(listener)
      }
    },
    tell(...told) {
      for (const listener of [...all]) {
        try {
          listener(...told)
        } catch (error) {
          setTimeout(() => {
            throw error
          })
        }
      }
    },
  }
}
