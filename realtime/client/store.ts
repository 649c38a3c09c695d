import type { OutboxEntry } from "./outbox"

/** Where unsent messages survive a reload. */
export interface OutboxStore {
  all(scope: string): Promise<OutboxEntry[]>
  put(entry: OutboxEntry): Promise<void>
  remove(clientId: string): Promise<void>
}

export function memoryStore(): OutboxStore {
  const entries = new Map<string, OutboxEntry>()
  return {
    all: async scope => [...entries.values()].filter(it => it.scope === scope),
    async put(entry) {
      entries.set(entry.client_id, entry)
    },
    async remove(clientId) {
      entries.delete(clientId)
    },
  }
}

/** IndexedDB, or memory where storage is denied: then a reload forgets, but the chat works. */
export function browserStore(name = "parley-outbox"): OutboxStore {
  const memory = memoryStore()
  const opening = openDatabase(name).catch(() => null)

  async function run<R>(mode: IDBTransactionMode, act: (table: IDBObjectStore) => IDBRequest<R>): Promise<R | null> {
    const database = await opening
    if (!database) return null
    return new Promise((resolve, reject) => {
      const transaction = database.transaction("entries", mode)
      const request = act(transaction.objectStore("entries"))
      transaction.oncomplete = () => resolve(request.result)
      transaction.onerror = transaction.onabort = () => reject(transaction.error)
    })
  }

  return {
    async all(scope) {
      const stored = await run<OutboxEntry[]>("readonly", table => table.getAll()).catch(() => null)
      const kept = await memory.all(scope)
      return [...(stored ?? []).filter(it => it.scope === scope), ...kept]
    },
    async put(entry) {
      const key = await run("readwrite", table => table.put(entry)).catch(() => null)
      if (key === null) await memory.put(entry)
    },
    async remove(clientId) {
      await memory.remove(clientId)
      await run("readwrite", table => table.delete(clientId)).catch(() => null)
    },
  }
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore("entries", { keyPath: "client_id" })
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = request.onblocked = () => reject(request.error)
  })
}
