import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { hueOf, initialsOf } from './initials.ts'

interface Props {
  /** Instead of initials. */
  children?: ComponentChildren
  /** Chooses the hue: the same one for the same person, everywhere. */
  id: string
  name: string
  /** Where a picture is; initials until it has come, and if it does not. */
  image?: string | null
  size: 32 | 44 | 72
}

/** A picture, or initials on a calm hue. The name stands beside it, so it says nothing to assistive technology. */
export function Avatar({ id, name, image = null, size, children }: Props) {
  const [failed, setFailed] = useState<string | null>(null)
  return (
    <span
      class={`avatar avatar-${size} hue-${hueOf(id)}`}
      aria-hidden="true"
      data-initials={initialsOf(name)}
    >
      {children}
      {image !== null && image !== failed && (
        <img
          src={image}
          alt=""
          loading="lazy"
          decoding="async"
          // Where the picture is kept need not learn who looks at it from which page.
          referrerpolicy="no-referrer"
          onError={() => setFailed(image)}
        />
      )}
    </span>
  )
}
