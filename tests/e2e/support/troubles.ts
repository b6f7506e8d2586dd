import type { Page } from 'playwright-core'

/**
 * What went wrong in a page without anybody seeing it: console errors (violations of the
 * Content-Security-Policy among them), exceptions, dialogs, failed requests and refused ones.
 */
export class Troubles {
  #seen: string[] = []

  constructor(page: Page) {
    page.on('console', (message) => {
      if (message.type() === 'error') this.#seen.push(`console: ${message.text()}`)
    })
    page.on('pageerror', (error) => this.#seen.push(`exception: ${error.message}`))
    page.on('dialog', (dialog) => {
      this.#seen.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? 'failed'
      // A page that is left behind drops what it still waits for.
      if (reason !== 'net::ERR_ABORTED') this.#seen.push(`${reason}: ${request.url()}`)
    })
    page.on('response', (response) => {
      if (response.status() >= 400) this.#seen.push(`${response.status()}: ${response.url()}`)
    })
  }

  /** Those since the last call. */
  take(): string[] {
    const taken = this.#seen
    this.#seen = []
    return taken
  }

  /** Forgets those that a story brings about on purpose. */
  forget(expected: RegExp): void {
    this.#seen = this.#seen.filter((trouble) => !expected.test(trouble))
  }
}
