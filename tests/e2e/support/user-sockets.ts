import type { BrowserContext, Page } from 'playwright-core'

/** The user sockets that the windows of a browser have open, from now on. */
export class UserSockets {
  readonly #open = new Map<object, Page>()
  readonly #opened: Page[] = []

  constructor(context: BrowserContext) {
    for (const page of context.pages()) this.#follow(page)
    context.on('page', (page) => this.#follow(page))
  }

  /** How many are open. */
  get count(): number {
    return this.#open.size
  }

  /** How many a window has opened, whatever became of them. */
  openedBy(page: Page): number {
    return this.#opened.filter((one) => one === page).length
  }

  #follow(page: Page): void {
    page.on('websocket', (socket) => {
      if (new URL(socket.url()).pathname !== '/v1/ws') return
      this.#open.set(socket, page)
      this.#opened.push(page)
      socket.on('close', () => this.#open.delete(socket))
    })
    // Nobody tells of sockets that end with their page.
    page.on('close', () => this.#forget(page))
    page.on('request', (request) => {
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) this.#forget(page)
    })
  }

  #forget(page: Page): void {
    for (const [socket, one] of this.#open) if (one === page) this.#open.delete(socket)
  }
}
