import { setTimeout } from 'node:timers/promises'
import { HEARTBEAT_SECONDS, OFFLINE_AFTER_SECONDS } from '../protocol/limits.ts'
import type { Seeded } from '../scripts/seed-accounts.ts'
import { call } from './conversation.ts'
import type { BenchServer } from './servers.ts'
import { BenchSocket } from './socket.ts'

/** Somebody with friends, some of whom are there and show them on their screen. */
export interface Circle {
  person: Seeded
  friends: Seeded[]
  /** Sockets of the friends who are there. */
  watching: BenchSocket[]
}

/** Makes friends of these people, `there` of whom are connected and watch the first. */
export async function makeCircle(
  server: BenchServer,
  [person, ...friends]: [Seeded, ...Seeded[]],
  there: number,
): Promise<Circle> {
  for (const friend of friends) {
    await call(server, 'PUT', `/v1/contacts/${friend.userId}`, person)
    await call(server, 'PUT', `/v1/contacts/${person.userId}`, friend)
  }
  const watching = await Promise.all(
    friends.slice(0, there).map((friend) => appear(server, friend, [person])),
  )
  return { person, friends, watching }
}

/** Connects a device that shows `friends`; resolves once it was told of all of them. */
export async function appear(
  server: BenchServer,
  person: Seeded,
  friends: Seeded[],
): Promise<BenchSocket> {
  const socket = await BenchSocket.open(`${server.url}/v1/ws?cursor=1`, person.token)
  await socket.hasFrames(2)
  await watch(socket, friends)
  return socket
}

/** The device shows nobody any more, and then is gone; resolves once that has been seen. */
export async function leave(socket: BenchSocket): Promise<void> {
  await watch(socket, [])
  socket.close()
  await setTimeout((OFFLINE_AFTER_SECONDS + 2) * 1000)
}

async function watch(socket: BenchSocket, people: Seeded[]): Promise<void> {
  const ids = people.map(({ userId }) => userId)
  await socket.ask(`"t":"watch","userIds":${JSON.stringify(ids)}`)
}

/** Sends the heartbeats of these sockets until what is returned is called. */
export function keepAlive(sockets: readonly BenchSocket[]): () => void {
  const timer = setInterval(() => {
    for (const socket of sockets) socket.ping()
  }, HEARTBEAT_SECONDS * 1000)
  return () => clearInterval(timer)
}
