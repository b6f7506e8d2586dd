export interface ActiveDeps {
  hasSocket: () => boolean
  post: (on: boolean) => void
}

/** Keeps the server told of whether somebody looks at this device. A new socket counts as looked at. */
export class Active {
  readonly #deps: ActiveDeps
  #on = true
  #told = true

  constructor(deps: ActiveDeps) {
    this.#deps = deps
  }

  get on(): boolean {
    return this.#on
  }

  set(on: boolean): void {
    this.#on = on
    this.#tell()
  }

  greeted(): void {
    this.#told = true
    this.#tell()
  }

  #tell(): void {
    if (this.#on === this.#told || !this.#deps.hasSocket()) return
    this.#told = this.#on
    this.#deps.post(this.#on)
  }
}
