import { batch, computed, signal, type Signal } from '@preact/signals'
import type { Channel } from '../../protocol/objects.ts'
import { client } from './client.ts'

/** Signals over the client: reading one makes a component follow what the client knows. */

const listRevision = signal(0)
const revisions = new Map<string, Signal<number>>()

export const upToDate = signal(client.upToDate)

function revisionOf(channelId: string): Signal<number> {
  const known = revisions.get(channelId)
  if (known !== undefined) return known
  const revision = signal(0)
  revisions.set(channelId, revision)
  return revision
}

client.on('changed', ({ channelIds, reset }) =>
  batch(() => {
    listRevision.value++
    for (const channelId of reset ? revisions.keys() : channelIds) revisionOf(channelId).value++
    if (reset) upToDate.value = client.upToDate
  }),
)
client.on('upToDate', () => (upToDate.value = true))

/** All chats that are not hidden, by activity. */
export const chats = computed(() => {
  void listRevision.value
  return client.channels().filter(({ hidden }) => !hidden)
})

export const unreadTotal = computed(() =>
  chats.value.reduce(
    (sum, { unread, markedUnread, leftAt }) =>
      leftAt === null ? sum + Math.max(unread, Number(markedUnread)) : sum,
    0,
  ),
)

/** The number on the app's icon, by the same rule as the server's: nothing of chats that are muted. */
export const badgeTotal = computed(() => {
  void listRevision.value
  return client.channels().reduce((sum, { unread, mentionCount, notify, leftAt }) => {
    if (leftAt !== null || notify === 'none') return sum
    return sum + (notify === 'all' ? unread : mentionCount)
  }, 0)
})

/** The channel as it is now, followed by the component that asks. */
export function channelNow(channelId: string): Channel | null {
  follow(channelId)
  return client.channel(channelId)
}

/** Makes the component that calls this follow the rows and messages of a channel. */
export function follow(channelId: string): void {
  void revisionOf(channelId).value
}
