import type { AnchorHTMLAttributes } from 'preact'
import { navigate } from '../router.ts'

type Props = AnchorHTMLAttributes & { href: string }

/** A link within the page: a plain click does not load it anew, every other click is the browser's. */
export function Link({ href, onClick, ...rest }: Props) {
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        const plain = !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
        if (!plain || event.button !== 0) return
        event.preventDefault()
        onClick?.(event)
        navigate(href)
      }}
    />
  )
}
