import { afterEach, describe, expect, it, vi } from 'vitest'
import { newClientId } from '../../client/client-id.ts'
import { clientIdSchema } from '../../protocol/schemas.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('the clientId that the SDK makes', () => {
  it('is a UUID of version 7, which carries the time', () => {
    vi.useFakeTimers({ now: 0x01_93_5f_00_12_34 })
    expect(newClientId()).toMatch(/^01935f00-1234-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  })

  it('is another one each time, and one that is made later sorts behind', () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 })
    const before = Array.from({ length: 1_000 }, newClientId)
    expect(new Set(before).size).toBe(1_000)
    vi.advanceTimersByTime(1)
    const after = newClientId()
    expect(before.every((id) => id < after)).toBe(true)
  })

  it('holds without randomUUID, as in React Native', () => {
    vi.stubGlobal('crypto', undefined)
    const ids = Array.from({ length: 100 }, newClientId)
    expect(new Set(ids).size).toBe(100)
    for (const id of ids) expect(clientIdSchema.safeParse(id).success).toBe(true)
  })
})
