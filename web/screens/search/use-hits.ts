import { useEffect, useRef, useState } from 'preact/hooks'
import type { Hit, Hits } from '../../../protocol/search.ts'
import { client } from '../../state/client.ts'
import { wordsFor } from '../../state/words-for-errors.ts'

/** Nobody wants the hits of half a word. */
const PAUSE_MS = 250

interface State {
  /** Null while nothing has come. */
  hits: Hit[] | null
  next: string | null
  error: string | null
}

const NOTHING: State = { hits: null, next: null, error: null }

/** The hits of a search, or the mentions while nothing is typed, and a way to get more of them. */
export function useHits(typed: string, channelId: string | null) {
  const q = typed.trim()
  const [state, setState] = useState(NOTHING)
  const running = useRef<AbortController | null>(null)

  async function load(before: string | null): Promise<void> {
    running.current?.abort()
    const { signal } = (running.current = new AbortController())
    const page = { signal, ...(before === null ? {} : { before }) }
    try {
      const answer = await ask(q, channelId, page)
      if (signal.aborted) return
      setState((was) => ({
        hits: before === null ? answer.hits : [...(was.hits ?? []), ...answer.hits],
        next: answer.next,
        error: null,
      }))
    } catch (caught) {
      if (!signal.aborted) setState((was) => ({ ...was, error: wordsFor(caught) }))
    }
  }

  useEffect(() => {
    setState(NOTHING)
    const timer = setTimeout(() => void load(null), q === '' ? 0 : PAUSE_MS)
    return () => {
      clearTimeout(timer)
      running.current?.abort()
    }
  }, [q, channelId])

  return { ...state, isMentions: q === '', more: () => void load(state.next) }
}

function ask(
  q: string,
  channelId: string | null,
  page: { signal: AbortSignal; before?: string },
): Promise<Hits> {
  if (q === '') return client.mentions(page)
  return client.search({ q, ...(channelId === null ? {} : { channelId }) }, page)
}
