import type { ComponentChildren } from 'preact'
import { icon } from '../../ui/icons.tsx'

/** What stands for each group of emoji, by its number in Unicode's order. */
const DRAWN: Record<number, ComponentChildren> = {
  0: (
    <>
      <circle cx="10" cy="10" r="6.5" />
      <path d="M7.5 12a3 3 0 0 0 5 0M8 8v.5M12 8v.5" />
    </>
  ),
  1: (
    <>
      <circle cx="10" cy="6" r="2.75" />
      <path d="M4.5 16.5v-1a4 4 0 0 1 4-4h3a4 4 0 0 1 4 4v1" />
    </>
  ),
  3: (
    <path d="M10 10.5c-2 0-4 2-4 4 0 2.5 2.5 1.5 4 1.5s4 1 4-1.5c0-2-2-4-4-4ZM5 8.5V10M8 4.5v2M12 4.5v2M15 8.5V10" />
  ),
  4: (
    <path d="M4 8h9.5v4a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4zM13.5 9.5H15a1.75 1.75 0 0 1 0 3.5h-1.5M7 3.5v2M10.5 3.5v2" />
  ),
  5: (
    <>
      <path d="M3.5 14V10l1.75-4.5h9.5L16.5 10v4zM3.5 10h13" />
      <path d="M5.5 14v2M14.5 14v2M6.5 12h1M12.5 12h1" />
    </>
  ),
  6: (
    <>
      <circle cx="10" cy="10" r="6.5" />
      <path d="M3.5 10h13M10 3.5v13M5.5 5.5a6.5 6.5 0 0 1 0 9M14.5 5.5a6.5 6.5 0 0 0 0 9" />
    </>
  ),
  7: <path d="M7.5 13c0-1.5-2.5-2.5-2.5-5.25a5 5 0 0 1 10 0C15 10.5 12.5 11.5 12.5 13zM8 16.5h4" />,
  8: (
    <path d="M10 16C6 13 3.5 10.5 3.5 7.75A3.25 3.25 0 0 1 10 6.5a3.25 3.25 0 0 1 6.5 1.25C16.5 10.5 14 13 10 16Z" />
  ),
  9: <path d="M5 17V3.5h10l-2 3.5 2 3.5H5" />,
}

const RecentIcon = icon(
  <>
    <circle cx="10" cy="10" r="6.5" />
    <path d="M10 6v4l2.5 1.5" />
  </>,
)

const ICONS = new Map(
  Object.entries(DRAWN).map(([group, children]) => [Number(group), icon(children)]),
)

/** @param group null for those that were used last */
export function EmojiGroupIcon({ group }: { group: number | null }) {
  const Icon = (group === null ? null : ICONS.get(group)) ?? RecentIcon
  return <Icon />
}
