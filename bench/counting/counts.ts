import { NOTHING, type Usage } from '../usage.ts'

/** What was counted since the last reset. The Worker and its objects share one isolate here. */
export const counts: Usage = { ...NOTHING }

/** Bytes in the database of each object that did something, by the object's id. */
const objectBytes = new Map<string, { kind: string; bytes: number }>()

export function reset(): void {
  Object.assign(counts, NOTHING)
}

export function noteBytes(id: string, kind: string, bytes: number): void {
  objectBytes.set(id, { kind, bytes })
}

/** What objects of each class hold in all, and how many there are. */
export function bytesByKind(): Record<string, { objects: number; bytes: number }> {
  const totals: Record<string, { objects: number; bytes: number }> = {
    user: { objects: 0, bytes: 0 },
    channel: { objects: 0, bytes: 0 },
  }
  for (const { kind, bytes } of objectBytes.values()) {
    const total = (totals[kind] ??= { objects: 0, bytes: 0 })
    total.objects++
    total.bytes += bytes
  }
  return totals
}
