import { randomUUID } from 'node:crypto'
import { newClientId } from '../client/client-id.ts'
import type { Seeded } from '../scripts/seed-accounts.ts'
import { BenchSocket } from './socket.ts'
import type { BenchServer } from './servers.ts'

/** What is measured. Every message has 60 characters and is durable before its `ok`. */

export const TEXT = 'This text has sixty characters, as a message of a chat does.'

export interface Timed {
  /** Milliseconds, one for each message. */
  latencies: number[]
  /** Of the whole, in milliseconds. */
  took: number
}

/** A channel of these people: a DM of two, else a group. */
export async function makeChannel(
  server: BenchServer,
  people: Seeded[],
  kind: 'dm' | 'group' = people.length === 2 ? 'dm' : 'group',
): Promise<string> {
  const [creator, ...others] = people
  const body =
    kind === 'dm'
      ? { kind: 'dm', userId: others[0]?.userId }
      : {
          kind: 'group',
          title: 'Bench',
          userIds: others.map(({ userId }) => userId),
          clientId: randomUUID(),
        }
  const response = await fetch(`${server.url.replace('ws', 'http')}/v1/channels`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${creator?.token ?? ''}`,
    },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  const channelId = /"channelId":"([^"]+)"/.exec(text)?.[1]
  if (!response.ok || channelId === undefined) throw new Error(`${response.status} ${text}`)
  return channelId
}

/** Opens both sockets of a person: the conversation, and their inbox. */
export async function attach(server: BenchServer, channelId: string, person: Seeded) {
  const [channel, user] = await Promise.all([
    BenchSocket.open(`${server.url}/v1/channels/${channelId}/ws`, person.token),
    BenchSocket.open(`${server.url}/v1/ws`, person.token),
  ])
  return { channel, user }
}

export type Attached = Awaited<ReturnType<typeof attach>>

/** One message after the other, each timed until the recipient has it. */
export async function oneInFlight(
  from: Attached,
  to: Attached,
  count: number,
  pauseMs: number,
): Promise<Timed> {
  const latencies: number[] = []
  const start = performance.now()
  for (let i = 0; i < count; i++) {
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
    const arrived = to.channel.hasRows(to.channel.rows + 1)
    const sentAt = performance.now()
    const ok = from.channel.ask(sendFields())
    await arrived
    latencies.push(performance.now() - sentAt)
    await ok
  }
  return { latencies, took: performance.now() - start }
}

/** `inFlight` messages of each sender at a time until each has had `count` acknowledged. */
export async function sendMany(
  senders: readonly BenchSocket[],
  inFlight: number,
  count: number,
): Promise<Timed> {
  const latencies: number[] = []
  const start = performance.now()
  await Promise.all(
    senders.flatMap((sender) =>
      Array.from({ length: inFlight }, async (_, lane) => {
        for (let i = lane; i < count; i += inFlight) {
          const sentAt = performance.now()
          await sender.ask(sendFields())
          latencies.push(performance.now() - sentAt)
        }
      }),
    ),
  )
  return { latencies, took: performance.now() - start }
}

/**
 * The same from the first member of each channel, until everyone has every message twice: from the
 * channel, and from their inbox, which has committed it by then.
 */
export async function manyInFlight(
  channels: readonly Attached[][],
  inFlight: number,
  count: number,
): Promise<Timed> {
  const arrived = channels
    .flat()
    .flatMap(({ channel, user }) => [
      channel.hasRows(channel.rows + count),
      user.hasRows(user.rows + count),
    ])
  const senders = channels.flatMap((members) => members.slice(0, 1).map(({ channel }) => channel))
  const start = performance.now()
  const { latencies } = await sendMany(senders, inFlight, count)
  await Promise.all(arrived)
  return { latencies, took: performance.now() - start }
}

/** The same for a floor: a text that comes back. */
export async function echo(socket: BenchSocket, inFlight: number, count: number): Promise<Timed> {
  const start = performance.now()
  const first = socket.rows
  let sent = 0
  for (; sent < Math.min(inFlight, count); sent++) socket.send(TEXT)
  for (let seen = 1; seen <= count; seen++) {
    await socket.hasRows(first + seen)
    if (sent < count) {
      socket.send(TEXT)
      sent++
    }
  }
  return { latencies: [], took: performance.now() - start }
}

/** A message to send, but for the braces around it. */
export function sendFields(): string {
  return `"t":"send","clientId":"${newClientId()}","text":"${TEXT}"`
}

/** Opens a user socket for each of these people and waits for everyone's `sync`. */
export function connectAll(server: BenchServer, people: Seeded[]): Promise<BenchSocket[]> {
  return openAll(people, async (person) => {
    const socket = await BenchSocket.open(`${server.url}/v1/ws`, person.token)
    await socket.hasFrames(2)
    return socket
  })
}

/** Opens a socket for each of these, 50 at a time. */
export async function openAll<T>(
  items: readonly T[],
  open: (item: T) => Promise<BenchSocket>,
): Promise<BenchSocket[]> {
  const waiting = items.values()
  const sockets: BenchSocket[] = []
  const lane = async (): Promise<void> => {
    for (const item of waiting) sockets.push(await open(item))
  }
  await Promise.all(Array.from({ length: 50 }, lane))
  return sockets
}

/** How long a device that was away takes until it has everything that it missed. */
export async function catchUp(
  server: BenchServer,
  person: Seeded,
  missed: number,
): Promise<number> {
  const start = performance.now()
  const socket = await BenchSocket.open(`${server.url}/v1/ws?cursor=1`, person.token)
  await socket.hasRows(missed)
  socket.close()
  return performance.now() - start
}
