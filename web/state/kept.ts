/**
 * Small things kept in this browser. All keys begin alike, so that logging out can wipe them. Storage
 * may be switched off or full; then the page works and forgets.
 */
const PREFIX = 'parley.'

/** `sessionStorage` is that of one window. */
type Place = 'localStorage' | 'sessionStorage'

/** How the page looks and speaks in this browser: no secret of whoever was logged in. */
const OF_THE_BROWSER = ['language', 'theme'].map((name) => PREFIX + name)

/** Kept while this device is to get pushes; without it nothing is registered, whatever the browser permits. */
export const PUSHES_WANTED = 'pushes'

export function keep(name: string, value: string | null, place: Place = 'localStorage'): void {
  try {
    if (value === null) window[place].removeItem(PREFIX + name)
    else window[place].setItem(PREFIX + name, value)
  } catch {
    // Off or full: see above.
  }
}

export function kept(name: string, place: Place = 'localStorage'): string | null {
  try {
    return window[place].getItem(PREFIX + name)
  } catch {
    // Off: see above.
    return null
  }
}

/** Calls `listener` when another window of this browser has changed what is kept under `name`. */
export function onKept(name: string, listener: () => void): void {
  addEventListener('storage', ({ key }) => {
    if (key === null || key === PREFIX + name) listener()
  })
}

export function forgetKept(): void {
  try {
    for (const storage of [localStorage, sessionStorage]) {
      const names = Object.keys(storage).filter((name) => name.startsWith(PREFIX))
      for (const name of names) if (!OF_THE_BROWSER.includes(name)) storage.removeItem(name)
    }
  } catch {
    // Off: see above.
  }
}
