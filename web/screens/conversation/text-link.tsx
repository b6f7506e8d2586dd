import { addressOf } from '../../markup/links.ts'
import { parseRoute } from '../../router.ts'
import { Link } from '../../ui/link.tsx'

/** An address in a message. One of a chat, a message, a person or an invite stays on the page. */
export function TextLink({ text }: { text: string }) {
  const { origin, href, pathname, search } = new URL(addressOf(text))
  const path = pathname + search
  const isHere =
    origin === location.origin && ['channel', 'join', 'person'].includes(parseRoute(path).name)
  return isHere ? (
    <Link href={path} dir="ltr">
      {text}
    </Link>
  ) : (
    <a href={href} dir="ltr" target="_blank" rel="noopener noreferrer nofollow">
      {text}
    </a>
  )
}
