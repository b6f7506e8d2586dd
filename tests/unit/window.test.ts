import { describe, expect, it } from 'vitest'
import {
  hasRoom,
  noteConfirmed,
  noteSent,
  type Unconfirmed,
} from '../../durable-objects/shared/window.ts'

const MIB = 1024 * 1024

describe('the window of a socket', () => {
  it('is full once 4 MiB lie beyond the last confirmed cursor', () => {
    let sent: Unconfirmed = []
    for (let cursor = 1; cursor <= 4; cursor++) {
      expect(hasRoom(sent)).toBe(true)
      sent = noteSent(sent, cursor, MIB)
    }
    expect(hasRoom(sent)).toBe(false)
    expect(hasRoom(noteConfirmed(sent, 1))).toBe(true)
  })

  it('counts small frames together, and frees them when the last of them is confirmed', () => {
    let sent: Unconfirmed = []
    for (let cursor = 1; cursor <= 1_000; cursor++) sent = noteSent(sent, cursor, 500)
    expect(sent.length).toBeLessThan(10)
    expect(noteConfirmed(sent, 1)).toEqual(sent)
    expect(noteConfirmed(sent, 1_000)).toEqual([])
  })

  it('takes inside a reset only what was sent, for there cursors have no order', () => {
    const sent: Unconfirmed = [
      [-5, MIB],
      [-9, MIB],
    ]
    expect(noteConfirmed(sent, -7)).toEqual(sent)
    expect(noteConfirmed(sent, -5)).toEqual([[-9, MIB]])
    expect(noteConfirmed(sent, 12)).toEqual(sent)
  })
})
