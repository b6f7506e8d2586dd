import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { asParleyError } from '../../../client/parley-error.ts'
import { follow, upToDate } from '../../state/chats.ts'
import { client } from '../../state/client.ts'

/** Loads older messages when the top of the timeline comes within a screen of being seen. */
export function useOlder(channelId: string, scroller: RefObject<HTMLDivElement | null>) {
  const sentinel = useRef<HTMLDivElement>(null)
  const isNear = useRef(false)
  const [isLoading, setLoading] = useState(false)
  const [failed, setFailed] = useState(false)
  follow(channelId)
  const { oldestId, complete } = client.timeline(channelId)
  const mayLoad = upToDate.value && !complete && client.channel(channelId)?.leftAt === null

  async function load() {
    setLoading(true)
    setFailed(false)
    try {
      await client.loadOlder(channelId)
    } catch (caught) {
      asParleyError(caught)
      setFailed(true)
    } finally {
      setLoading(false)
    }
  }

  useEffect(() => {
    if (!failed) return
    return client.on('upToDate', () => void load())
  }, [failed, channelId])

  useEffect(() => {
    if (sentinel.current === null) return
    const observer = new IntersectionObserver(
      (entries) => {
        isNear.current = entries.at(-1)?.isIntersecting ?? false
        if (isNear.current && mayLoad) void load()
      },
      { root: scroller.current, rootMargin: '100% 0px 0px 0px' },
    )
    observer.observe(sentinel.current)
    // Observed anew after each page: one that does not fill the screen calls for the next.
    return () => observer.disconnect()
  }, [channelId, mayLoad, oldestId])

  return { sentinel, isLoading, failed, load: () => void load() }
}
