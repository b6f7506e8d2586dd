import { useEffect, useState } from 'preact/hooks'
import type { Hit } from '../../../protocol/search.ts'
import { channelPath, messagePath, personPath } from '../../router.ts'
import { chats } from '../../state/chats.ts'
import { client } from '../../state/client.ts'
import { contacts } from '../../state/people.ts'
import { laterText } from '../../later-text.ts'
import { text } from '../../text.ts'
import { channelName, isSelf, personName } from '../../ui/names.ts'

/** Nobody wants the messages with half a word. */
const PAUSE_MS = 250
const MOST = { chats: 6, people: 4, messages: 6 }

export interface Entry {
  path: string
  /** What is written first, and more of it. */
  name: string
  line: string
}

/** Where one can jump to by what is typed: chats and people at once, messages when the server has found some. */
export function useEntries(typed: string): Entry[] {
  const wanted = typed.trim().toLowerCase()
  const [found, setFound] = useState<{ of: string; hits: Hit[] }>({ of: '', hits: [] })

  useEffect(() => {
    if (wanted === '') return
    const asking = new AbortController()
    const timer = setTimeout(async () => {
      // Without an answer the chats and people are there all the same.
      const answer = await client.search({ q: wanted }, { signal: asking.signal }).catch(() => null)
      if (answer !== null && !asking.signal.aborted) setFound({ of: wanted, hits: answer.hits })
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      asking.abort()
    }
  }, [wanted])

  const channels = chats.value
    .map((channel) => ({
      path: channelPath(channel.channelId),
      name: channelName(channel),
      line: channel.kind === 'group' ? laterText.keyboard.group : laterText.keyboard.chat,
    }))
    .filter(({ name }) => matches(name, wanted))
  const people = contacts.value
    .filter(({ user }) => matches(`${user.name} ${user.handle ?? ''}`, wanted))
    .map(({ user }) => ({
      path: personPath(user.userId),
      name: user.name,
      line: user.handle === null ? text.people.profile : `@${user.handle}`,
    }))
  const messages = (found.of === wanted ? found.hits : []).map(({ message, snippet }) => ({
    path: messagePath(message.channelId, message.messageId),
    name: snippet,
    line: isSelf(message.userId) ? text.chats.you : personName(message.userId),
  }))
  return [
    ...channels.slice(0, MOST.chats),
    ...people.slice(0, MOST.people),
    ...messages.slice(0, MOST.messages),
  ]
}

/** One of its words begins like that. */
function matches(name: string, wanted: string): boolean {
  return ` ${name.toLowerCase()}`.includes(` ${wanted.replace(/^@/, '')}`)
}
