import type { RefObject } from 'preact'
import { useState } from 'preact/hooks'
import type { Channel } from '../../../protocol/objects.ts'
import type { Complete, Suggestion } from './completions.ts'

/** Perhaps the beginning of somebody's handle or of an emoji's name; completions.ts looks closer. */
const PERHAPS = /[@:]\S{0,64}$/

/** What could complete the word that is being typed: the suggestions, and which of them is chosen. */
export function useCompletions(
  channel: Channel,
  input: RefObject<HTMLTextAreaElement | null>,
  onValue: (value: string) => void,
) {
  const [before, setBefore] = useState<string | null>(null)
  const [chosen, setChosen] = useState(0)
  const [complete, setComplete] = useState<Complete | null>(null)
  const offer = before === null || complete === null ? null : complete(channel, before)
  const suggestions = offer?.suggestions ?? []

  async function load(line: string) {
    try {
      const { completerFor } = await import('./completions.ts')
      const completer = await completerFor(line)
      setComplete(() => completer)
    } catch {
      // Without a net one types it in full.
    }
  }

  function changed(value: string) {
    const line = value.slice(0, input.current?.selectionStart ?? value.length)
    const isPerhaps = PERHAPS.test(line)
    setBefore(isPerhaps ? line : null)
    setChosen(0)
    if (isPerhaps) void load(line)
  }

  function take({ insert, onTake }: Suggestion) {
    const element = input.current
    if (element === null || offer === null) return
    const caret = element.selectionStart
    const start = `${element.value.slice(0, caret - offer.begun.length)}${insert} `
    const value = start + element.value.slice(caret)
    setBefore(null)
    // At once, so that the caret can be put where the text goes on.
    element.value = value
    element.focus()
    element.setSelectionRange(start.length, start.length)
    onValue(value)
    onTake?.()
  }

  function onKeyDown(event: KeyboardEvent) {
    const current = suggestions[chosen]
    if (current === undefined) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      setChosen((chosen + step + suggestions.length) % suggestions.length)
    } else if (event.key === 'Escape') setBefore(null)
    else if (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey)) take(current)
    else return
    event.preventDefault()
  }

  return {
    label: offer?.label ?? '',
    suggestions,
    chosen,
    changed,
    take,
    onKeyDown,
    close: () => setBefore(null),
  }
}
