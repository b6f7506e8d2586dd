import type { RefObject } from 'preact'
import { useState } from 'preact/hooks'
import type { Channel } from '../../../protocol/objects.ts'
import type { suggest, Suggestion } from './completions.ts'

/** An `@` with the beginning of a handle or name, right before the caret. */
const BEGUN = /(?<![\w@])@([\p{L}\p{N}_]*)$/u

/** Who is to be mentioned by what is being typed: the suggestions, and which of them is chosen. */
export function useMentions(
  channel: Channel,
  input: RefObject<HTMLTextAreaElement | null>,
  onValue: (value: string) => void,
) {
  const [begun, setBegun] = useState<string | null>(null)
  const [chosen, setChosen] = useState(0)
  const [finds, setFinds] = useState<typeof suggest | null>(null)
  const suggestions = begun === null || finds === null ? [] : finds(channel, begun)

  async function load() {
    try {
      const completions = await import('./completions.ts')
      setFinds(() => completions.suggest)
    } catch {
      // Without a net one types the handle in full.
    }
  }

  function changed(value: string) {
    const caret = input.current?.selectionStart ?? value.length
    const beginning = BEGUN.exec(value.slice(0, caret))?.[1] ?? null
    setBegun(beginning)
    setChosen(0)
    if (beginning !== null && finds === null) void load()
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
