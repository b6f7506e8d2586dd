import { readFile, rename, writeFile } from 'node:fs/promises'
import type { Channel } from '../protocol/objects.ts'
import type { SyncFrame } from '../protocol/user-socket.ts'
import { MemoryStore } from './memory-store.ts'
import type { Outgoing } from './outgoing.ts'
import { readSaved, writeOutgoing } from './saved-state.ts'
import type { Recent } from './recent.ts'
import type { Saved, Store } from './store.ts'

/**
 * A store in one JSON file, for programs on Node. Each state is written whole and put in the place of
 * the last one, so that a program that is killed finds one or the other.
 */
export class FileStore implements Store {
  readonly #path: string
  readonly #memory = new MemoryStore()
  #writing: Promise<void> | null = null
  #next: Promise<void> | null = null

  constructor(path: string) {
    this.#path = path
  }

  async load(): Promise<Saved> {
    const saved = await this.#read()
    await this.#memory.restore(saved)
    return saved
  }

  async saveUser(userId: string): Promise<void> {
    await this.#memory.saveUser(userId)
    await this.#write()
  }

  async saveSync(frame: SyncFrame, from?: number): Promise<void> {
    await this.#memory.saveSync(frame, from)
    await this.#write()
  }

  async saveChannel(channel: Channel): Promise<void> {
    await this.#memory.saveChannel(channel)
    await this.#write()
  }

  async saveRecent(recent: Recent): Promise<void> {
    await this.#memory.saveRecent(recent)
    await this.#write()
  }

  async saveOutgoing(outgoing: Outgoing): Promise<void> {
    await this.#memory.saveOutgoing(outgoing)
    await this.#write()
  }

  async deleteOutgoing(clientId: string): Promise<void> {
    await this.#memory.deleteOutgoing(clientId)
    await this.#write()
  }

  async clear(): Promise<void> {
    await this.#memory.clear()
    await this.#write()
  }

  async #read(): Promise<Saved> {
    try {
      const stored: unknown = JSON.parse(await readFile(this.#path, 'utf8'))
      const outgoing =
        isRecord(stored) && Array.isArray(stored['outgoing']) ? stored['outgoing'] : []
      return readSaved({ ...(isRecord(stored) ? stored : {}), outgoing })
    } catch {
      // Not there yet, or no JSON: a device that begins.
      return readSaved({ outgoing: [] })
    }
  }

  /** One write at a time; what comes meanwhile goes with the next. */
  #write(): Promise<void> {
    this.#next ??= (this.#writing ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        this.#next = null
        this.#writing = this.#replace()
        return this.#writing
      })
    return this.#next
  }

  async #replace(): Promise<void> {
    const saved = await this.#memory.load()
    const outgoing = saved.outgoing.map(writeOutgoing)
    const temporary = `${this.#path}.next`
    await writeFile(temporary, JSON.stringify({ ...saved, outgoing }), { mode: 0o600 })
    await rename(temporary, this.#path)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
