import type { Seeded } from '../scripts/seed-accounts.ts'
import { attach, makeChannel, sendMany, type Attached } from './scenarios.ts'
import type { BenchServer } from './servers.ts'

/** For read marks: one stops at the newest message. */
export const NEWEST = 10_000_000

/** A DM whose second person may be away, or a group. */
export interface Conversation {
  channelId: string
  people: Seeded[]
  /** Those who have both sockets open; the sender is the first. */
  attached: Attached[]
}

/**
 * A channel of these people, the first `attached` of whom have it open. One message is in it, for the first
 * ever costs more.
 */
export async function converse(
  server: BenchServer,
  people: Seeded[],
  attached: number,
): Promise<Conversation> {
  const channelId = await makeChannel(server, people)
  const present = people.slice(0, attached)
  const conversation = {
    channelId,
    people,
    attached: await Promise.all(present.map((one) => attach(server, channelId, one))),
  }
  await send(conversation)
  return conversation
}

/** One message of the first who has it open. */
export async function send({ attached }: Conversation): Promise<void> {
  await sendMany([sender(attached).channel], 1, 1)
}

export function sender(attached: Attached[]): Attached {
  const [first] = attached
  if (!first) throw new Error('nobody is attached')
  return first
}

export function last(attached: Attached[]): Attached {
  return attached.at(-1) ?? sender(attached)
}

export function hangUp({ channel, user }: Attached): void {
  channel.close()
  user.close()
}

/** Calls the API as this person; returns the body. Fails if the answer is an error. */
export async function call(
  server: BenchServer,
  method: string,
  path: string,
  person: Seeded | undefined,
  body?: object,
): Promise<string> {
  const response = await fetch(server.url.replace('ws', 'http') + path, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(person && { authorization: `Bearer ${person.token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text
}
