import { signal } from '@preact/signals'

/** A newer version of the page is there, which somebody may take. */
export const newVersion = signal(false)
