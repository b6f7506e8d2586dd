import { useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { CopyIcon, TickIcon } from '../../ui/icons.tsx'

/** Several lines of code, as wide as they are, with a button that copies them. */
export function CodeBlock({ code }: { code: string }) {
  const [isCopied, setCopied] = useState(false)
  const words = text.conversation
  return (
    <span class="code-block">
      {/* By keyboard it is scrolled once it has the focus. */}
      <code tabIndex={0} dir="auto">
        {code}
      </code>
      <button
        type="button"
        class="icon-button"
        aria-label={isCopied ? words.codeCopied : words.copyCode}
        onBlur={() => setCopied(false)}
        onClick={() => void navigator.clipboard?.writeText(code).then(() => setCopied(true))}
      >
        {isCopied ? <TickIcon /> : <CopyIcon />}
      </button>
    </span>
  )
}
