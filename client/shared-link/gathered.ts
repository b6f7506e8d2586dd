import { MAX_WATCHED } from '../../protocol/limits.ts'
import type { DeviceFrame } from '../../protocol/user-socket.ts'

interface Window {
  userIds: readonly string[]
  active: boolean
}

/** What several windows say that one connection can say once: whom they show, and whether somebody looks. */
export class Gathered {
  /** The one that said something last is the last. */
  readonly #windows = new Map<string, Window>()

  /** Whether somebody looks at any of them. */
  get active(): boolean {
    return [...this.#windows.values()].some(({ active }) => active)
  }

  /** Whom they show, each once. Of more than a connection takes, those who came on screen last count. */
  get userIds(): string[] {
    const latestFirst = [...this.#windows.values()].toReversed()
    const all = new Set(latestFirst.flatMap(({ userIds }) => userIds))
    return [...all].slice(0, MAX_WATCHED)
  }

  /** Takes over what a window says; returns the frame that says it for all of them. */
  frame(window: string, frame: DeviceFrame): DeviceFrame {
    switch (frame.t) {
      case 'watch':
        this.#set(window, { userIds: frame.userIds })
        return { ...frame, userIds: this.userIds }
      case 'active':
        this.#set(window, { active: frame.on })
        return { ...frame, on: this.active }
      case 'send':
      case 'read':
      case 'cursor':
        return frame
    }
  }

  isActive(window: string): boolean {
    return this.#windows.get(window)?.active ?? false
  }

  delete(window: string): void {
    this.#windows.delete(window)
  }

  #set(window: string, change: Partial<Window>): void {
    const before = this.#windows.get(window) ?? { userIds: [], active: false }
    this.#windows.delete(window)
    this.#windows.set(window, { ...before, ...change })
  }
}
