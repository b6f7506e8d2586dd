import { Awake, holding } from './awake.ts'
import { counts, noteBytes } from './counts.ts'
import { wrap } from './wrap.ts'

/**
 * Counts where the platform bills. The classes of the runtime have no names in the global scope, so they
 * are reached through the first thing of each kind that comes by. Only the bench does this.
 */

const watched = new WeakSet<object>()

/** Runs `watch` for the prototype of `thing` unless it has been. */
function once(thing: object, watch: (prototype: object) => void): void {
  const prototype: unknown = Object.getPrototypeOf(thing)
  if (typeof prototype !== 'object' || prototype === null || watched.has(prototype)) return
  watched.add(prototype)
  watch(prototype)
}

/** A stub is a function to `typeof`, since any of its properties may be called. */
function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** Rows read and written, and alarms that are set: one row each. */
export function watchStorage(storage: DurableObjectStorage): void {
  once(storage.sql, (prototype) => {
    wrap(prototype, 'exec', (call) => {
      const cursor = call()
      // Every cursor is read to its end in the same turn.
      queueMicrotask(() => {
        if (!isCursor(cursor)) return
        counts.rowsRead += cursor.rowsRead
        counts.rowsWritten += cursor.rowsWritten
      })
      return cursor
    })
  })
  once(storage, (prototype) => {
    wrap(prototype, 'setAlarm', (call) => {
      counts.rowsWritten++
      return call()
    })
  })
}

function isCursor(value: unknown): value is { rowsRead: number; rowsWritten: number } {
  return typeof value === 'object' && value !== null && 'rowsRead' in value
}

/** Calls to objects and statements of D1, through whatever bindings there are. */
export function watchBindings(env: Env): void {
  for (const [name, binding] of Object.entries<unknown>({ ...env })) {
    if (typeof binding !== 'object' || binding === null) continue
    if ('idFromName' in binding) watchNamespace(binding)
    if ('withSession' in binding) watchDatabase(name, binding)
    if ('sendBatch' in binding) watchQueue(binding)
  }
}

function watchNamespace(namespace: object): void {
  once(namespace, (prototype) => {
    for (const name of ['get', 'getByName']) {
      wrap(prototype, name, (call) => countedStub(call()))
    }
  })
}

/** A stub that counts each method that is called on it. */
function countedStub(stub: unknown): unknown {
  if (!isObject(stub)) throw new Error('a stub is an object')
  return new Proxy(stub, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target)
      if (typeof method !== 'function') return method
      return (...args: unknown[]) => {
        counts.objectCalls++
        if (name === 'deliver') counts.deliveries++
        return holding(Promise.resolve(Reflect.apply(method, target, args)))
      }
    },
  })
}

/** A message of at most 64 KB is written, read and deleted. */
const QUEUE_OPERATIONS = 3

function watchQueue(queue: object): void {
  once(queue, (prototype) => {
    wrap(prototype, 'send', (call) => {
      counts.queueOperations += QUEUE_OPERATIONS
      return holding(call())
    })
    wrap(prototype, 'sendBatch', (call, _self, [messages]) => {
      counts.queueOperations += QUEUE_OPERATIONS * (Array.isArray(messages) ? messages.length : 1)
      return holding(call())
    })
  })
}

/** Requests to the world outside; in the bench only push services are asked anything. */
export function watchFetch(): void {
  wrap(globalThis, 'fetch', (call) => {
    counts.pushRequests++
    return call()
  })
}

/** Which database a session of D1 speaks to: its connection is the binding's. */
const archives = new WeakSet<object>()

function watchDatabase(name: string, database: object): void {
  const fetcher: unknown = Reflect.get(database, 'fetcher')
  if (typeof fetcher !== 'object' || fetcher === null) throw new Error('D1 has no fetcher here')
  if (name.startsWith('ARCHIVE_')) archives.add(fetcher)
  const withSession: unknown = Reflect.get(database, 'withSession')
  if (typeof withSession !== 'function') return
  const session: unknown = Reflect.apply(withSession, database, [])
  if (typeof session !== 'object' || session === null) return
  once(session, (prototype) => {
    // All statements, those of drizzle too, go through one of the two.
    for (const way of ['_send', '_queryOrThrow']) {
      wrap(prototype, way, async (call, self) => {
        const answer: unknown = await holding(Promise.resolve(call()))
        const isArchive =
          typeof self === 'object' && self !== null && archives.has(Reflect.get(self, 'fetcher'))
        for (const result of Array.isArray(answer) ? answer : [answer])
          countStatement(result, isArchive)
        return answer
      })
    }
  })
}

function countStatement(result: unknown, isArchive: boolean): void {
  if (isArchive) counts.archiveStatements++
  else counts.mainStatements++
  const meta: unknown = typeof result === 'object' && result !== null && Reflect.get(result, 'meta')
  if (typeof meta !== 'object' || meta === null) return
  counts.d1RowsRead += Number(Reflect.get(meta, 'rows_read') ?? 0)
  counts.d1RowsWritten += Number(Reflect.get(meta, 'rows_written') ?? 0)
}

/** Counts what comes to the objects of a class, and how long each is awake. */
export function watchClass(name: string, prototype: object): void {
  const awakes = new WeakMap<object, Awake>()
  const awakeOf = (object: object): Awake => {
    let awake = awakes.get(object)
    if (!awake) {
      const state: unknown = Reflect.get(object, 'ctx')
      awake = new Awake(() => {
        if (isState(state)) noteBytes(state.id.toString(), name, state.storage.sql.databaseSize)
      })
      awakes.set(object, awake)
    }
    return awake
  }
  for (const method of Object.getOwnPropertyNames(prototype)) {
    const isMethod = typeof Object.getOwnPropertyDescriptor(prototype, method)?.value === 'function'
    if (method === 'constructor' || !isMethod) continue
    wrap(prototype, method, (call, self) => {
      if (method === 'webSocketMessage') counts.frames++
      if (method === 'alarm') counts.alarms++
      return typeof self === 'object' && self !== null ? awakeOf(self).run(call) : call()
    })
  }
}

function isState(value: unknown): value is DurableObjectState {
  return typeof value === 'object' && value !== null && 'storage' in value
}
