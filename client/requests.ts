import type { OkFrame, Ref } from '../protocol/user-socket.ts'
import { ParleyError, type ParleyErrorFields } from './parley-error.ts'

type Refusal = { t: 'error'; ref: Ref | null } & ParleyErrorFields

/** A server that keeps the socket alive but does not answer a frame within this is given up on. */
const ANSWER_WITHIN_MS = 20_000

interface Waiting {
  resolve: (frame: OkFrame) => void
  reject: (error: ParleyError) => void
  timer: ReturnType<typeof setTimeout>
}

/** Frames that were sent with a `ref` and wait for their `ok` or `error`. */
export class Requests {
  readonly #waiting = new Map<Ref, Waiting>()
  #lastRef = 0

  /** Sends a frame made with a fresh `ref`; settles with its answer. */
  start(send: (ref: number) => void): Promise<OkFrame> {
    const ref = ++this.#lastRef
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(ref)
        reject(new ParleyError({ code: 'network', detail: 'No answer came.' }))
      }, ANSWER_WITHIN_MS)
      this.#waiting.set(ref, { resolve, reject, timer })
      send(ref)
    })
  }

  settle(frame: OkFrame | Refusal): void {
    if (frame.ref === null) return
    const waiting = this.#waiting.get(frame.ref)
    if (waiting === undefined) return
    this.#waiting.delete(frame.ref)
    clearTimeout(waiting.timer)
    if (frame.t === 'ok') waiting.resolve(frame)
    else waiting.reject(new ParleyError(frame))
  }

  /** The connection is gone: whether these arrived is unknown. */
  abandon(): void {
    const all = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject, timer } of all) {
      clearTimeout(timer)
      reject(new ParleyError({ code: 'network', detail: 'The connection was lost.' }))
    }
  }
}
