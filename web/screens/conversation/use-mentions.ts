import type { RefObject } from 'preact'
import { useState } from 'preact/hooks'
import type { Channel } from '../../../protocol/objects.ts'
import { may } from '../../../protocol/permissions.ts'
import { ALL_MEMBERS } from '../../../protocol/text.ts'
import { text } from '../../text.ts'
import { isSelf } from '../../ui/names.ts'

const MAX_SUGGESTIONS = 6
/** An `@` with the beginning of a handle or name, right before the caret. */
const BEGUN = /(?<![\w@])@([\p{L}\p{N}_]*)$/u

export interface Suggestion {
  handle: string
  name: string
  userId: string | null
}

/** Who is to be mentioned by what is being typed: the suggestions, and which of them is chosen. */
export function useMentions(
  channel: Channel,
  input: RefObject<HTMLTextAreaElement | null>,
  onValue: (value: string) => void,
) {
  const [begun, setBegun] = useState<string | null>(null)
  const [chosen, setChosen] = useState(0)
  const suggestions = begun === null ? [] : suggest(channel, begun)

  function changed(value: string) {
    const caret = input.current?.selectionStart ?? value.length
    setBegun(BEGUN.exec(value.slice(0, caret))?.[1] ?? null)
    setChosen(0)
  }

  function take({ handle }: Suggestion) {
    const element = input.current
    if (element === null || begun === null) return
    const caret = element.selectionStart
    const before = `${element.value.slice(0, caret - begun.length)}${handle} `
    const value = before + element.value.slice(caret)
    setBegun(null)
    // At once, so that the caret can be put where the text goes on.
    element.value = value
    element.focus()
    element.setSelectionRange(before.length, before.length)
    onValue(value)
  }

  function onKeyDown(event: KeyboardEvent) {
    const current = suggestions[chosen]
    if (current === undefined) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      setChosen((chosen + step + suggestions.length) % suggestions.length)
    } else if (event.key === 'Escape') setBegun(null)
    else if (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey)) take(current)
    else return
    event.preventDefault()
  }

  return { suggestions, chosen, changed, take, onKeyDown, close: () => setBegun(null) }
}

function suggest(channel: Channel, begun: string): Suggestion[] {
  const wanted = begun.toLowerCase()
  const people = (channel.members ?? []).flatMap(({ userId, handle, name }) => {
    if (handle === null || isSelf(userId)) return []
    const words = [handle, ...name.toLowerCase().split(/\s+/)]
    return words.some((word) => word.startsWith(wanted)) ? [{ handle, name, userId }] : []
  })
  const isAll = may(channel, 'mentionAll') && ALL_MEMBERS.startsWith(wanted)
  const all = { handle: ALL_MEMBERS, name: text.conversation.everyone, userId: null }
  return [...(isAll ? [all] : []), ...people].slice(0, MAX_SUGGESTIONS)
}
