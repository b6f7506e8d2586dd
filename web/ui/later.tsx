import type { ComponentChild } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { WaitingProps } from './waiting.tsx'

type Part<Props> = (props: Props) => ComponentChild

/**
 * A part of the page that is loaded when it is first shown, so that the first chat is on screen sooner.
 * @param load imports it
 * @param Waiting stands in its place meanwhile, and says so if it cannot be loaded
 */
export function later<Props extends object>(
  load: () => Promise<Part<Props>>,
  Waiting: Part<WaitingProps>,
): Part<Props> {
  let loaded: Part<Props> | null = null
  return function Later(props: Props) {
    const [Shown, setShown] = useState(() => loaded)
    const [failed, setFailed] = useState(false)

    async function get() {
      try {
        const part = (loaded ??= await load())
        setShown(() => part)
      } catch {
        // No net, or a newer version of the page has taken its place.
        setFailed(true)
      }
    }
    useEffect(() => {
      if (Shown === null) void get()
    }, [])

    if (Shown !== null) return <Shown {...props} />
    return <Waiting failed={failed} />
  }
}
