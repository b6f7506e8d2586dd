/** The addresses the service answers at, best first. One that gives no answer makes place for the next. */
export class Endpoints {
  readonly #base: string
  #urls: string[]
  #index = 0

  /** @param baseUrl the address the client was made with; the last resort, whatever discovery says. */
  constructor(baseUrl: string) {
    this.#base = trimSlash(baseUrl)
    this.#urls = [this.#base]
  }

  get current(): string {
    return this.#urls[this.#index] ?? this.#base
  }

  get count(): number {
    return this.#urls.length
  }

  /** Takes over a new list, best first. */
  replace(urls: readonly string[]): void {
    this.#urls = [...new Set([...urls.map(trimSlash), this.#base])]
    this.#index = 0
  }

  /** Moves on from `url`, once, however many calls failed at it. */
  failed(url: string): void {
    if (url === this.current) this.#index = (this.#index + 1) % this.#urls.length
  }
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '')
}
