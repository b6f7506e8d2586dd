import type { Windows } from './windows.ts'

export interface CandidacyDeps {
  windows: Windows
  /** It is this window's turn. */
  onLead: () => void
  /** Another window has taken the lead by force. */
  onRobbed: () => void
}

/** A window's waiting for the lead, and its holding it. */
export class Candidacy {
  readonly #deps: CandidacyDeps
  #waiting = new AbortController()
  #takesOver = false
  #isOver = false
  /** Gives the lead back. */
  #release = (): void => undefined

  constructor(deps: CandidacyDeps) {
    this.#deps = deps
  }

  /** Leads as soon as no other window does. */
  wait(): void {
    this.#waiting = new AbortController()
    const { signal } = this.#waiting
    void this.#take((work) => this.#deps.windows.lead(work, signal))
  }

  /** Takes the lead from one that gives no sign of life. */
  takeOver(): void {
    if (this.#takesOver || this.#isOver) return
    this.#takesOver = true
    this.#waiting.abort()
    void this.#force()
  }

  /** Neither waits nor leads any more. */
  end(): void {
    this.#isOver = true
    this.#waiting.abort()
    this.#release()
  }

  async #force(): Promise<void> {
    await this.#take((work) => this.#deps.windows.takeOver(work))
    if (!this.#takesOver || this.#isOver) return
    // Refused by the browser: it waits for its turn again, and may try again.
    this.#takesOver = false
    this.wait()
  }

  async #take(request: (work: () => Promise<void>) => Promise<void>): Promise<void> {
    let leads = false
    try {
      await request(() => {
        if (this.#isOver) return Promise.resolve()
        const led = new Promise<void>((resolve) => (this.#release = resolve))
        leads = true
        this.#takesOver = false
        this.#deps.onLead()
        return led
      })
    } catch {
      // Given up, or robbed.
    }
    if (!leads || this.#isOver) return
    this.#deps.onRobbed()
    this.wait()
  }
}
