import type { Page } from 'playwright-core'

/** What the page's database has in one of its stores, as JSON. */
export function rowsIn(page: Page, store: 'channels' | 'outgoing' | 'recent'): Promise<string> {
  return page.evaluate(
    (name) =>
      new Promise<string>((resolve) => {
        indexedDB.open('parley').addEventListener('success', (event) => {
          const { result } = event.target as IDBOpenDBRequest
          const rows = result.transaction(name).objectStore(name).getAll()
          rows.addEventListener('success', () => {
            result.close()
            resolve(JSON.stringify(rows.result))
          })
        })
      }),
    store,
  )
}
