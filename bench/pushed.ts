import { setTimeout } from 'node:timers/promises'
import { NEWEST, call, send, type Conversation } from './conversation.ts'
import { ASLEEP_AFTER_MS, type Counter } from './counter.ts'
import type { PushService } from './push-service.ts'
import type { BenchServer } from './servers.ts'
import { BenchSocket } from './socket.ts'
import type { Counted } from './usage.ts'

interface Bench {
  server: BenchServer
  service: PushService
  counter: Counter
}

/** Gives the second person of each DM a push address. */
export async function registerSecond({ server, service }: Bench, dms: Conversation[]) {
  for (const { people } of dms) {
    const [, away] = people
    const address = service.addressOf(`of-${away?.userId ?? ''}`)
    await call(server, 'PUT', '/v1/push', away, address)
  }
}

/**
 * What it takes to tell people who are away, with one push address each, of a message, and to take that back
 * once they have read it. Fails if the push service did not get a push for each.
 */
export async function countPushes(
  { server, service, counter }: Bench,
  dms: Conversation[],
): Promise<{ dmPush: Counted; readPushed: Counted }> {
  const count = async (what: string, unit: string, act: () => Promise<unknown>) => {
    const before = service.taken
    const usage = await counter.each(dms.length, act)
    const taken = service.taken - before
    if (taken !== dms.length) throw new Error(`${what}: ${taken} pushes and not ${dms.length}`)
    return { what, unit, usage }
  }
  const dmPush = await count('DM, recipient away, with one push address', 'message', () =>
    Promise.all(dms.map(send)),
  )
  // They open the conversation and no inbox, which would make them somebody who is there.
  const readers = await Promise.all(
    dms.map(({ channelId, people }) =>
      BenchSocket.open(`${server.url}/v1/channels/${channelId}/ws`, people[1]?.token ?? ''),
    ),
  )
  await counter.settled()
  await setTimeout(ASLEEP_AFTER_MS)
  const readPushed = await count('DM, read mark that takes a push back', 'mark', () =>
    Promise.all(readers.map((reader) => reader.ask(`"t":"read","messageId":${NEWEST}`))),
  )
  for (const reader of readers) reader.close()
  return { dmPush, readPushed }
}
