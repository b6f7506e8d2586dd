import type { ComponentChild } from 'preact'
import { useMemo } from 'preact/hooks'
import { ALL_MEMBERS, handlesIn } from '../../../protocol/text.ts'
import { isOnlyEmoji } from '../../markup/only-emoji.ts'
import { tokensOf, type Token } from '../../markup/tokens.ts'
import { client } from '../../state/client.ts'
import { isSelf } from '../../ui/names.ts'
import { CodeBlock } from './code-block.tsx'
import { TextLink } from './text-link.tsx'

interface Props {
  text: string
  /** Ids of those the message mentions. */
  mentions: readonly string[]
}

/** The text of a message with its formatting, and with the people it names set off. Only elements and text nodes. */
export function MessageText({ text, mentions }: Props) {
  const tokens = useMemo(() => tokensOf(text), [text])
  const mentionOf = mentionsIn(text, mentions)
  return (
    <span class={isOnlyEmoji(text) ? 'only-emoji' : undefined}>
      {tokens.map((token, index) => {
        if (token.kind === 'marker') return null
        return token.styles.reduceRight<ComponentChild>(
          (inner, Style) => <Style key={index}>{inner}</Style>,
          shown(token, index, mentionOf),
        )
      })}
    </span>
  )
}

function shown(
  { kind, text }: Token,
  index: number,
  mentionOf: (handle: string) => string | undefined,
): ComponentChild {
  switch (kind) {
    case 'marker':
    case 'text':
      return text
    case 'link':
      return <TextLink key={index} text={text} />
    case 'code':
      return <code key={index}>{text}</code>
    case 'block':
      return <CodeBlock key={index} code={text} />
    case 'handle': {
      const name = mentionOf(text)
      if (name === undefined) return text
      return (
        <span key={index} class={name}>
          {text}
        </span>
      )
    }
  }
}

/** The class of an `@handle` that mentions somebody; one's own is louder. */
function mentionsIn(text: string, mentions: readonly string[]) {
  const byHandle = new Map(mentions.map((userId) => [client.person(userId)?.handle ?? '', userId]))
  const named = new Set(handlesIn(text).map((handle) => byHandle.get(handle)))
  // Whoever is mentioned and not named is so by `@all`: of somebody who may not, it is plain text.
  const isAll = mentions.some((userId) => !named.has(userId))

  return (written: string): string | undefined => {
    const handle = written.slice(1).toLowerCase()
    const userId = byHandle.get(handle)
    if (userId === undefined && !(isAll && handle === ALL_MEMBERS)) return undefined
    const isMine = userId === undefined ? mentions.some(isSelf) : isSelf(userId)
    return isMine ? 'mention mention-own' : 'mention'
  }
}
