import { setTimeout } from 'node:timers/promises'
import * as z from 'zod'
import type { BenchServer } from './servers.ts'
import { NOTHING, times, type Usage } from './usage.ts'

/** Nothing counted for so long: longer than the alarms that deliver what is owed and archive it. */
const QUIET_MS = 3_500
/** workerd lets an object hibernate after ten seconds in which nothing happened. */
export const ASLEEP_AFTER_MS = 12_000
const LOOK_EVERY_MS = 250
/** What goes on longer than this never ends: something fails and is tried again. */
const SETTLED_WITHIN_MS = 60_000

const totalSchema = z.object({ objects: z.number(), bytes: z.number() })
const countsSchema = z.object({
  counts: z.record(z.string(), z.number()),
  bytes: z.object({ user: totalSchema, channel: totalSchema }),
})
const databasesSchema = z.object({ main: z.number(), archive: z.number() })

/** Reads the counters of the counting Worker (`counting/worker.ts`). */
export class Counter {
  private readonly server: BenchServer

  constructor(server: BenchServer) {
    this.server = server
  }

  /** What `count` times the same costs each, with all that comes of it later. */
  async each(count: number, act: () => Promise<unknown>): Promise<Usage> {
    await this.read('/counts/reset')
    const cpuBefore = this.server.cpu()
    await act()
    const counted = await this.settled()
    const usage = { ...NOTHING, ...counted }
    // Frames are no work for the Worker: they go to the objects.
    const hasWorked = usage.workerRequests + usage.consumerInvocations > 0
    const workerCpuMs = hasWorked ? this.server.cpu() - cpuBefore : 0
    return times({ ...usage, workerCpuMs }, 1 / count)
  }

  /** Waits until nothing more happens. Fails if that takes over a minute. */
  async settled(): Promise<Record<string, number>> {
    let last = ''
    const deadline = Date.now() + SETTLED_WITHIN_MS
    for (let quiet = 0; quiet < QUIET_MS; quiet += LOOK_EVERY_MS) {
      const { counts } = await this.read('/counts')
      const now = JSON.stringify(counts)
      if (Date.now() > deadline) throw new Error(`things still happen: ${now}`)
      if (now !== last) quiet = 0
      last = now
      await setTimeout(LOOK_EVERY_MS)
    }
    return (await this.read('/counts')).counts
  }

  /** Bytes of all objects of a class that have done something. */
  async objectBytes(kind: 'user' | 'channel'): Promise<{ objects: number; bytes: number }> {
    return (await this.read('/counts')).bytes[kind]
  }

  /** Bytes of the databases. */
  async databaseBytes(): Promise<z.infer<typeof databasesSchema>> {
    const response = await fetch(`${this.http}/counts/databases`)
    return databasesSchema.parse(await response.json())
  }

  private async read(path: string): Promise<z.infer<typeof countsSchema>> {
    const response = await fetch(this.http + path)
    return countsSchema.parse(await response.json())
  }

  private get http(): string {
    return this.server.url.replace('ws', 'http')
  }
}
