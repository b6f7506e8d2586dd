import { useState } from 'preact/hooks'
import { channelPath, navigate } from '../../router.ts'
import { chats, upToDate } from '../../state/chats.ts'
import { client } from '../../state/client.ts'
import { connection } from '../../state/connection.ts'
import { takeNewVersion } from '../../state/keep-page.ts'
import { newVersion } from '../../state/new-version.ts'
import { incomingCount } from '../../state/people.ts'
import { openSearch, search } from '../../state/search.ts'
import { me } from '../../state/session.ts'
import { wordsFor } from '../../state/words-for-errors.ts'
import { text } from '../../text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { ComposeIcon, NoteIcon, PeopleIcon, PersonAddIcon, SearchIcon } from '../../ui/icons.tsx'
import { later } from '../../ui/later.tsx'
import { Link } from '../../ui/link.tsx'
import { Menu } from '../../ui/menu.tsx'
import { WaitingBar, WaitingColumn } from '../../ui/waiting.tsx'
import { ChatList } from './chat-list.tsx'
import { EmptyList } from './empty-list.tsx'

const SearchPanel = later(
  async () => (await import('../search/search-panel.tsx')).SearchPanel,
  WaitingColumn,
)
const FindPerson = later(async () => (await import('./find-person.tsx')).FindPerson, WaitingBar)
const NewGroup = later(async () => (await import('./new-group.tsx')).NewGroup, WaitingBar)

export function Sidebar({ openId }: { openId: string | null }) {
  const [dialog, setDialog] = useState<'find' | 'group' | null>(null)
  const [error, setError] = useState<string | null>(null)
  const words = text.chats
  const person = me()
  const close = () => setDialog(null)

  async function openNotes() {
    setError(null)
    try {
      const userId = person?.userId ?? (await client.account.me()).userId
      navigate(channelPath((await client.openDm(userId)).channelId))
    } catch (caught) {
      setError(wordsFor(caught))
    }
  }

  const starts = [
    { label: words.findPerson, icon: <PersonAddIcon />, onSelect: () => setDialog('find') },
    { label: words.newGroup, icon: <PeopleIcon />, onSelect: () => setDialog('group') },
    { label: words.noteToSelf, icon: <NoteIcon />, onSelect: () => void openNotes() },
  ]
  const isEmpty = upToDate.value && chats.value.length === 0

  return (
    <div class="sidebar">
      <header class="sidebar-head">
        <Link href="/settings" class="avatar-link" aria-label={words.settings}>
          <Avatar
            id={person?.userId ?? ''}
            name={person?.name ?? ''}
            image={person?.image ?? null}
            size={32}
          />
        </Link>
        <Title />
        <Link
          href="/people"
          class="icon-button icon-with-badge"
          aria-label={text.people.open(incomingCount.value)}
        >
          <PeopleIcon />
          {incomingCount.value > 0 && <span class="badge">{incomingCount.value}</span>}
        </Link>
        <button
          type="button"
          class="icon-button"
          aria-label={text.search.open}
          onClick={() => openSearch(null)}
        >
          <SearchIcon />
        </button>
        <Menu label={words.start} icon={<ComposeIcon />} items={starts} />
      </header>
      <ErrorLine error={error} />
      {search.value !== null ? (
        <SearchPanel channelId={search.value.channelId} />
      ) : isEmpty ? (
        <EmptyList starts={starts} />
      ) : (
        <ChatList openId={openId} />
      )}
      <Note />
      {dialog === 'find' && <FindPerson onClose={close} />}
      {dialog === 'group' && <NewGroup onClose={close} />}
    </div>
  )
}

/** The title, and under it that the page is connecting: a word that comes and goes, and moves nothing. */
function Title() {
  return (
    <div class="sidebar-title">
      <h1>{text.chats.title}</h1>
      <p role="status">{connection.value === 'connecting' && text.chats.connecting}</p>
    </div>
  )
}

/** Below the list, where there is room for a sentence: what is so for longer. */
function Note() {
  return (
    <p role="status" class="sidebar-note">
      {connection.value === 'offline' ? text.chats.offline : <Outdated />}
    </p>
  )
}

function Outdated() {
  if (!newVersion.value && connection.value !== 'outdated') return null
  return (
    <>
      {text.chats.outdated}{' '}
      <button type="button" class="text-button" onClick={() => void takeNewVersion()}>
        {text.chats.reload}
      </button>
    </>
  )
}
