import type { Channel } from '../../../protocol/objects.ts'
import { may } from '../../../protocol/permissions.ts'
import { ALL_MEMBERS } from '../../../protocol/text.ts'
import { completeEmoji, withTone, type Emoji } from '../../emoji/emoji.ts'
import { loadEmoji } from '../../emoji/load-emoji.ts'
import { chosenTone, rememberEmoji } from '../../state/used-emoji.ts'
import { text } from '../../text.ts'
import { isSelf } from '../../ui/names.ts'

const MAX_SUGGESTIONS = 6

/** An `@` with the beginning of a handle or name, right before the caret. */
const PERSON = /(?<![\w@])@([\p{L}\p{N}_]*)$/u
/**
 * A colon with two or more characters of a name, or all of it and the second colon. It stands where a word begins,
 * so a time or an address is none, and neither are the faces that are made of signs and one letter.
 */
const EMOJI = /(?<![^\s(]):([\p{L}\p{N}][\p{L}\p{N}_+-]+:?|[+-]1:?)$/u

export interface Suggestion {
  /** Comes in the place of what was begun. */
  insert: string
  name: string
  /** What one would type for it. */
  code: string
  /** Whose picture goes with it, if anybody's. */
  userId: string | null
  emoji: string | null
  /** To be called once it was taken. */
  onTake?: () => void
}

export interface Offer {
  /** What the suggestions are. */
  label: string
  /** The end of what was written, which they take the place of. */
  begun: string
  suggestions: readonly Suggestion[]
}

/** What somebody who has written `before` in a channel may be about to write; null if that is not to be seen. */
export type Complete = (channel: Channel, before: string) => Offer | null

let known: { emoji: readonly Emoji[]; complete: Complete } | null = null

/**
 * What completes `before`, and whatever else needs no more data than that. Emoji are loaded for the first that
 * is begun. Rejects without a net.
 */
export async function completerFor(before: string): Promise<Complete> {
  if (!EMOJI.test(before)) return known?.complete ?? completePerson
  const { emoji } = await loadEmoji()
  if (known?.emoji !== emoji) {
    const complete: Complete = (channel, line) =>
      completePerson(channel, line) ?? completeWithEmoji(emoji, line)
    known = { emoji, complete }
  }
  return known.complete
}

const completePerson: Complete = (channel, before) => {
  const begun = PERSON.exec(before)?.[1]
  if (begun === undefined) return null
  return { label: text.conversation.mention, begun, suggestions: people(channel, begun) }
}

/** Whom of a channel the beginning of a handle or name could mean. */
function people(channel: Channel, begun: string): Suggestion[] {
  const wanted = begun.toLowerCase()
  const person = (handle: string, name: string, userId: string | null): Suggestion => ({
    insert: handle,
    name,
    code: `@${handle}`,
    userId,
    emoji: null,
  })
  const found = (channel.members ?? []).flatMap(({ userId, handle, name }) => {
    if (handle === null || isSelf(userId)) return []
    const words = [handle, ...name.toLowerCase().split(/\s+/)]
    return words.some((word) => word.startsWith(wanted)) ? [person(handle, name, userId)] : []
  })
  const isAll = may(channel, 'mentionAll') && ALL_MEMBERS.startsWith(wanted)
  const all = isAll ? [person(ALL_MEMBERS, text.conversation.everyone, null)] : []
  return [...all, ...found].slice(0, MAX_SUGGESTIONS)
}

function completeWithEmoji(all: readonly Emoji[], before: string): Offer | null {
  const begun = EMOJI.exec(before)?.[1]
  if (begun === undefined || isInCode(before)) return null
  const tone = chosenTone()
  const suggestions = completeEmoji(all, begun, MAX_SUGGESTIONS).map((one): Suggestion => {
    const emoji = one.hasTones ? withTone(one.emoji, tone) : one.emoji
    const [code = ''] = one.codes.split(' ')
    return {
      insert: emoji,
      name: one.name,
      code: code === '' ? '' : `:${code}:`,
      userId: null,
      emoji,
      onTake: () => rememberEmoji(emoji),
    }
  })
  return { label: text.conversation.emoji, begun: `:${begun}`, suggestions }
}

/** Whether code was begun and not ended, where colons are a part of it. */
function isInCode(before: string): boolean {
  return before.split('`').length % 2 === 0
}
