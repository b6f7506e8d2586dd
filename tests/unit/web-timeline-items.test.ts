import { describe, expect, test } from 'vitest'
import type { Outgoing } from '../../client/index.ts'
import {
  countUnread,
  firstUnread,
  timelineItems,
} from '../../web/screens/conversation/timeline-items.ts'
import { hueOf, initialsOf } from '../../web/ui/initials.ts'
import { message } from './client-fakes.ts'

const NOON = new Date(2026, 4, 12, 12).getTime()
const MINUTE = 60_000

const at = (minutes: number, id: number, fields = {}) =>
  message(id, { createdAt: NOON + minutes * MINUTE, ...fields })

const show = (messages: ReturnType<typeof message>[], more = {}) =>
  timelineItems({ messages, outgoing: [], me: 'me', firstUnreadId: null, ...more })

const kinds = (messages: ReturnType<typeof message>[], more = {}) =>
  show(messages, more).map((item) => item.kind)

describe('the timeline', () => {
  test('messages of one person within five minutes of each other are one group', () => {
    const items = show([at(0, 1), at(4, 2), at(8, 3), at(14, 4)])
    const groups = items.filter((item) => item.kind === 'group')
    expect(groups.map((group) => group.entries.length)).toEqual([3, 1])
  })

  test('another person, a system line, a new day and the unread line begin a new group', () => {
    const system = { kind: 'system' as const, text: '' }
    expect(kinds([at(0, 1), at(1, 2, { userId: 'me' })])).toEqual(['day', 'group', 'group'])
    expect(kinds([at(0, 1), at(1, 2, system), at(2, 3)])).toEqual([
      'day',
      'group',
      'system',
      'group',
    ])
    expect(kinds([at(719, 1), at(721, 2)])).toEqual(['day', 'group', 'day', 'group'])
    expect(kinds([at(0, 1), at(1, 2)], { firstUnreadId: 2 })).toEqual([
      'day',
      'group',
      'unread',
      'group',
    ])
  })

  test('a message on its way has the key that it keeps once it is stored', () => {
    const outgoing: Outgoing = {
      clientId: 'x',
      channelId: 'c1',
      text: 'hello',
      replyTo: null,
      createdAt: NOON,
      state: 'sending',
      kept: true,
      error: null,
    }
    const before = show([], { outgoing: [outgoing] })
    const after = show([at(0, 1, { userId: 'me', clientId: 'x' })])
    expect(after.map((item) => item.key)).toEqual(before.map((item) => item.key))
  })

  test('the unread line stands before the first text of others above what was read', () => {
    const messages = [at(0, 1), at(1, 2, { kind: 'system' }), at(2, 3, { userId: 'me' }), at(3, 4)]
    expect(firstUnread(messages, 1, 'me')).toBe(4)
    expect(firstUnread(messages, 4, 'me')).toBeNull()
  })
})

describe('a face', () => {
  test('shows the first letters of the first and last word, whatever the script', () => {
    expect(initialsOf('Ana Maria Kovač')).toBe('AK')
    expect(initialsOf('élodie')).toBe('É')
    expect(initialsOf('e\u0301lodie 4th')).toBe('É4')
    expect(initialsOf('שלום עולם')).toBe('שע')
    expect(initialsOf('  ')).toBe('')
  })

  test('passes over what is no letter or digit, and says so when there is none', () => {
    expect(initialsOf('👩‍🚀 Kim')).toBe('K')
    expect(initialsOf('<b>bold</b> (old) …')).toBe('BO')
    expect(initialsOf('🦊')).toBe('#')
  })

  test('has the same one of eight hues for the same id', () => {
    expect(hueOf('user-1')).toBe(hueOf('user-1'))
    expect(hueOf('user-1')).toBeGreaterThanOrEqual(0)
    expect(hueOf('user-1')).toBeLessThan(8)
  })
})

test('of the messages loaded, those were unread that others sent before the chat was opened', () => {
  const messages = [
    at(0, 1),
    at(1, 2),
    at(2, 3, { userId: 'me' }),
    at(3, 4, { kind: 'system', text: '' }),
    at(4, 5, { text: '', deletedAt: NOON }),
    at(5, 6),
    at(6, 7),
  ]
  expect(countUnread(messages, { readMessageId: 1, lastMessageId: 6 }, 'me')).toBe(2)
  expect(countUnread(messages, { readMessageId: 6, lastMessageId: 6 }, 'me')).toBe(0)
})
