import { useSignalEffect } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { back, channelPath, route, type Route } from '../router.ts'
import { unreadTotal } from '../state/chats.ts'
import { connection } from '../state/connection.ts'
import { searchOnKey } from '../state/search.ts'
import { text } from '../text.ts'
import { later } from '../ui/later.tsx'
import { WaitingContent } from '../ui/waiting.tsx'
import { Sidebar } from './chats/sidebar.tsx'
import { Keyboard } from './keyboard/keyboard.tsx'
import { Conversation } from './conversation/conversation.tsx'

const Join = later(async () => (await import('./join/join.tsx')).Join, WaitingContent)
const People = later(async () => (await import('./people/people.tsx')).People, WaitingContent)
const Person = later(async () => (await import('./people/person.tsx')).Person, WaitingContent)
const Settings = later(
  async () => (await import('./settings/settings.tsx')).Settings,
  WaitingContent,
)

/** List and content side by side; on a narrow page one of the two, as the address says. */
export function Shell() {
  const now = route.value
  const showsContent = ['channel', 'people', 'person', 'settings', 'join'].includes(now.name)

  useSignalEffect(() => {
    const unread = unreadTotal.value
    document.title = unread === 0 ? text.appName : `(${unread}) ${text.appName}`
  })
  useEffect(() => {
    addEventListener('keydown', goBackOnEscape)
    addEventListener('keydown', searchOnKey)
    return () => {
      removeEventListener('keydown', goBackOnEscape)
      removeEventListener('keydown', searchOnKey)
    }
  }, [])

  return (
    <main class={showsContent ? 'shell shell-content' : 'shell'}>
      {connection.value !== 'fine' && <div class="connection-bar" />}
      <Sidebar openId={now.name === 'channel' ? now.channelId : null} />
      <Content route={now} />
      <Keyboard />
    </main>
  )
}

function Content({ route: now }: { route: Route }) {
  switch (now.name) {
    case 'channel':
      return (
        <Conversation
          key={now.channelId}
          channelId={now.channelId}
          showsDetails={now.details}
          messageId={now.messageId}
        />
      )
    case 'join':
      return <Join key={now.code} code={now.code} />
    case 'people':
      return <People />
    case 'person':
      return <Person key={now.userId} userId={now.userId} />
    case 'settings':
      return <Settings />
    default:
      return <p class="content content-empty">{text.chats.pickTitle}</p>
  }
}

function goBackOnEscape(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return
  // Dialogs and menus take the key for themselves.
  if (document.querySelector('dialog[open], :popover-open') !== null) return
  const now = route.value
  if (['settings', 'people', 'join'].includes(now.name)) back('/')
  if (now.name === 'person') back('/people')
  if (now.name === 'channel') back(now.details ? channelPath(now.channelId) : '/')
}
