import type { ComponentChildren } from 'preact'
import { hueOf, initialsOf } from './initials.ts'

interface Props {
  /** Instead of initials. */
  children?: ComponentChildren
  /** Chooses the hue: the same one for the same person, everywhere. */
  id: string
  name: string
  size: 32 | 44 | 72
}

/** Initials on a calm hue. The name stands beside it, so it says nothing to assistive technology. */
export function Avatar({ id, name, size, children }: Props) {
  return (
    <span
      class={`avatar avatar-${size} hue-${hueOf(id)}`}
      aria-hidden="true"
      data-initials={initialsOf(name)}
    >
      {children}
    </span>
  )
}
