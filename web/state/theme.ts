import { signal } from '@preact/signals'
import { keep, kept } from './kept.ts'

export const THEMES = ['system', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]

const CHOICE = 'theme'

/** What somebody chose in this browser. */
export const theme = signal<Theme>(THEMES.find((name) => name === kept(CHOICE)) ?? 'system')

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen
  keep(CHOICE, chosen === 'system' ? null : chosen)
  // To web/public/appearance.js, which shows it, as it does at the start.
  dispatchEvent(new CustomEvent('parley:theme', { detail: chosen }))
}
