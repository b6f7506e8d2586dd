import { computed, effect, signal } from '@preact/signals'
import type { Contact, ContactState, Presence } from '../../protocol/objects.ts'
import { route } from '../router.ts'
import { otherIn } from '../ui/names.ts'
import { chats } from './chats.ts'
import { client } from './client.ts'
import { connection } from './connection.ts'

/** Signals over the other people whom the client knows. */

const contactRevision = signal(0)
const presenceRevision = signal(0)

client.on('contacts', () => contactRevision.value++)
client.on('presence', () => presenceRevision.value++)
// After a reset, and when everything was forgotten.
client.on('changed', ({ reset }) => {
  if (reset) contactRevision.value++
})

/** Friends, open requests and whom one has blocked, by name. */
export const contacts = computed<readonly Contact[]>(() => {
  void contactRevision.value
  return client.people.list()
})

export const incomingCount = computed(
  () => contacts.value.filter(({ state }) => state === 'incoming').length,
)

/** What somebody is to me; followed by the component that asks. */
export function relationTo(userId: string): ContactState {
  void contactRevision.value
  return client.people.contact(userId)?.state ?? 'none'
}

/** Whether somebody is there, as far as that is known now; followed by the component that asks. */
export function presenceNow(userId: string): Presence {
  void presenceRevision.value
  const isKnown = connection.value === 'fine'
  return isKnown ? client.people.presence(userId) : { userId, status: null, lastActiveAt: null }
}

/** Whom the page shows: whose profile is open first, then friends if they are listed, then the chats. */
effect(() => {
  const now = route.value
  const open = now.name === 'person' ? [now.userId] : []
  const friends = now.name === 'people' ? contacts.value.filter(isFriend) : []
  const others = chats.value.flatMap((channel) =>
    channel.kind === 'dm' && channel.leftAt === null ? (otherIn(channel) ?? []) : [],
  )
  client.people.watch([
    ...open,
    ...friends.map(({ user }) => user.userId),
    ...others.map(({ userId }) => userId),
  ])
})

function isFriend({ state }: Contact): boolean {
  return state === 'friend'
}
