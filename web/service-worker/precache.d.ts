/** What the page of this version is made of (scripts/precache.ts). */
declare module 'virtual:precache' {
  /** Differs when anything of the page differs. */
  export const version: string
  /** All but index.html, each with its digest for `fetch`. */
  export const files: readonly { path: string; integrity: string }[]
  /** Paths that index.html names: by them it is known to be of this version. */
  export const mentioned: readonly string[]
}
