import { useEffect, useRef, useState } from 'preact/hooks'
import type { Search } from '../../../client/search-calls.ts'
import type { Hit } from '../../../protocol/search.ts'
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

/**
 * The hits of a search and a way to get more of them. While there are no words, the mentions of oneself in
 * all chats; within one chat nothing then.
 */
export function useHits(search: Search) {
  const isIdle = search.q === '' && search.channelId !== undefined
  const isMentions = search.q === '' && !isIdle
  const asked = isMentions ? '' : JSON.stringify(search)
  const [state, setState] = useState(NOTHING)
  const running = useRef<AbortController | null>(null)

  async function load(before: string | null): Promise<void> {
    running.current?.abort()
    const { signal } = (running.current = new AbortController())
    const page = { signal, ...(before === null ? {} : { before }) }
    try {
      const answer = await (isMentions ? client.mentions(page) : client.search(search, page))
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
    if (isIdle) return
    const timer = setTimeout(() => void load(null), isMentions ? 0 : PAUSE_MS)
    return () => {
      clearTimeout(timer)
      running.current?.abort()
    }
  }, [asked])

  return { ...state, isMentions, more: () => void load(state.next) }
}
