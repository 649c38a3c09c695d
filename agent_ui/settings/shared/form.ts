import { type ComputedRef, computed, reactive, type ShallowRef, shallowRef, toRaw } from "vue"
import { ApiError } from "../../shared/models/api"

type Refusal = ApiError["code"]

/** A field that another admin changed while this form was open. */
export interface FieldNews {
  name: string
  label: string
  before: unknown
  after: unknown
  /** This form changes it too, and differs. */
  isDisputed: boolean
}

export interface FormOptions<T extends object> {
  /** Fetch what the server holds. */
  load(): Promise<T>
  /** Write it, and return what the server holds then. */
  save(value: T): Promise<T>
  /** Each setting's default, for "Reset to default". */
  defaults?: Partial<T>
  /** Texts for fields that cannot be saved as they are, by field; empty when all is right. */
  check?(value: T): Partial<Record<keyof T & string, string>>
}

export interface Form<T extends object> {
  /** What the fields show. Write into it. */
  value: T
  state: Readonly<ShallowRef<"loading" | "failed" | "ready">>
  saving: Readonly<ShallowRef<"idle" | "saving" | "saved" | "failed">>
  /** Why saving failed. */
  refusal: Readonly<ShallowRef<Refusal | null>>
  errors: Readonly<ShallowRef<Partial<Record<string, string>>>>
  changed: ComputedRef<readonly string[]>
  isChanged: ComputedRef<boolean>
  /** What another admin changed since the form was opened or saved. */
  news: Readonly<ShallowRef<readonly FieldNews[]>>
  load(): Promise<void>
  /** False when nothing was written: a field is wrong, the server refused, or another admin changed the same field. */
  save(): Promise<boolean>
  discard(): void
  /** Compare with the server: another admin may have changed something. */
  look(): Promise<void>
  /** Settle the fields that two admins changed. */
  settle(choice: "mine" | "theirs"): void
  /** A field's name on the screen, for what `news` says. */
  name(field: string, label: string): void
  isDefault(field: string): boolean
  reset(field: string): void
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
const copy = <V>(value: V): V => structuredClone(toRawDeep(value))

/** Proxies cannot be cloned, at whatever depth they stand. */
function toRawDeep<V>(value: V): V {
  const raw = toRaw(value)
  if (Array.isArray(raw)) return raw.map(toRawDeep) as V
  if (raw === null || typeof raw !== "object" || Object.getPrototypeOf(raw) !== Object.prototype) return raw
  return Object.fromEntries(Object.entries(raw).map(([key, it]) => [key, toRawDeep(it)])) as V
}

/** One page's settings: what the server holds, what the fields show, and what differs. */
export function createForm<T extends object>({
  load,
  save,
  defaults = {},
  check = () => ({}),
}: FormOptions<T>): Form<T> {
  const value = reactive({}) as T
  const held = shallowRef({} as T)
  const state = shallowRef<"loading" | "failed" | "ready">("loading")
  const saving = shallowRef<"idle" | "saving" | "saved" | "failed">("idle")
  const refusal = shallowRef<Refusal | null>(null)
  const errors = shallowRef<Partial<Record<string, string>>>({})
  const news = shallowRef<readonly FieldNews[]>([])
  const labels = new Map<string, string>()
  let isOffered = false

  const fields = () => Object.keys(held.value) as (keyof T & string)[]
  const changed = computed(() => fields().filter(field => !isSame(value[field], held.value[field])))
  const isChanged = computed(() => changed.value.length > 0)

  function show(server: T) {
    held.value = copy(server)
    Object.assign(value, copy(server))
    errors.value = {}
  }

  /** Take over what another admin wrote; fields that both changed stay as they are here and are disputed. */
  function merge(server: T) {
    const mine = new Set<string>(changed.value)
    const differing = fields().filter(field => !isSame(server[field], held.value[field]))
    const told: FieldNews[] = differing.map(field => ({
      name: field,
      label: labels.get(field) ?? field,
      before: held.value[field],
      after: copy(server[field]),
      isDisputed: mine.has(field) && !isSame(server[field], value[field]),
    }))
    held.value = copy(server)
    for (const field of differing) if (!mine.has(field)) value[field] = copy(server[field])
    const isNewer = (it: FieldNews) => !told.some(one => one.name === it.name)
    news.value = [...news.value.filter(isNewer), ...told]
    return told
  }

  const codeOf = (error: unknown): Refusal => (error instanceof ApiError ? error.code : "internal")

  function fail(code: Refusal | null): false {
    refusal.value = code
    saving.value = "failed"
    return false
  }

  return {
    value,
    state,
    saving,
    refusal,
    errors,
    changed,
    isChanged,
    news,
    async load() {
      try {
        show(await load())
        news.value = []
        state.value = "ready"
      } catch {
        state.value = "failed"
      }
    },
    async save() {
      if (saving.value === "saving") return false
      errors.value = check(copy(value))
      if (Object.keys(errors.value).length > 0) return fail(null)
      saving.value = "saving"
      refusal.value = null
      try {
        merge(await load())
        if (news.value.some(it => it.isDisputed)) return fail("conflict")
        show(await save(copy(value)))
        news.value = []
        saving.value = "saved"
        return true
      } catch (error) {
        return fail(codeOf(error))
      }
    },
    discard() {
      show(held.value)
      news.value = []
      saving.value = "idle"
      refusal.value = null
    },
    async look() {
      if (state.value !== "ready" || saving.value === "saving" || isOffered) return
      isOffered = true
      try {
        merge(await load())
      } catch {
        // Asked again before anything is saved.
      } finally {
        isOffered = false
      }
    },
    settle(choice) {
      if (choice === "theirs")
        for (const it of news.value) if (it.isDisputed) Object.assign(value, { [it.name]: copy(it.after) })
      news.value = []
      saving.value = "idle"
      refusal.value = null
    },
    name(field, label) {
      labels.set(field, label)
    },
    isDefault: field => !(field in defaults) || isSame(value[field as keyof T], defaults[field as keyof T]),
    reset(field) {
      if (field in defaults) Object.assign(value, { [field]: copy(defaults[field as keyof T]) })
    },
  }
}
