import type { LinkSharing } from './late-link.ts'

/** Raised with every change of meaning: windows of another version neither hear nor disturb. */
const VERSION = 1

/**
 * The windows of one browser profile share a link. Null where Web Locks or BroadcastChannel are missing: then each window
 * has its own.
 */
export function windowsLink(name = 'parley'): LinkSharing | null {
  if (typeof BroadcastChannel === 'undefined' || navigator.locks === undefined) return null
  const lock = `${name}.link.${VERSION}`
  return {
    async isThere() {
      try {
        const { held = [] } = await navigator.locks.query()
        return held.some((one) => one.name === lock)
      } catch {
        // No lock is to be had here, as in some private modes.
        return false
      }
    },
    async load() {
      const { SharedLink, BrowserWindows } = await import('./shared-link/index.ts')
      const windows = new BrowserWindows(lock)
      return (deps, own, hear) => new SharedLink({ deps, own, hear, windows })
    },
  }
}
