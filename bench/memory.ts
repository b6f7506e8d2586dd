import { setTimeout } from 'node:timers/promises'
import type { BenchServer } from './servers.ts'

/** What an object with a socket holds, in KiB. */
export interface Memory {
  /** Right after it was connected to. */
  awake: number
  /** Once it hibernates. */
  asleep: number
}

/** The runtime lets an idle object go after ten seconds, and its files in the same moment. */
const ASLEEP_AFTER_MS = 14_000

/**
 * Takes a server that has done nothing yet. What the first `count` leave when they fall asleep is not given back to the
 * system but used by the next `count`: what those take in addition is what one that sleeps still holds.
 * @param connect opens `count` sockets, from number `from` on, each on an object of its own
 */
export async function measureMemory(
  server: BenchServer,
  count: number,
  connect: (from: number) => Promise<unknown>,
): Promise<Memory> {
  const kibSince = (before: number): number => (server.memory() - before) / count / 1024
  const empty = server.memory()
  await connect(0)
  const awake = kibSince(empty)
  await setTimeout(ASLEEP_AFTER_MS)
  const asleep = server.memory()
  await connect(count)
  await setTimeout(ASLEEP_AFTER_MS)
  return { awake, asleep: kibSince(asleep) }
}
