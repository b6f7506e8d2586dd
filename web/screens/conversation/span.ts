import type { Message } from '../../../protocol/objects.ts'

/**
 * Which messages of a long chat are on the page: those with ids from `from` on and below `to`. Both are
 * borders of blocks, so that what stands together stays so while the span moves.
 */
export interface Span {
  from: number
  to: number
}

export const BLOCK = 32
/** Some ten screens: as many nodes as a page may have, whatever the length of the chat. */
const MOST = 5 * BLOCK

export function blockOf(messageId: number): number {
  return messageId - (messageId % BLOCK)
}

/** The newest messages, a block of them or two before the one that is filling. */
export function endSpan(lastId: number): Span {
  const block = blockOf(lastId)
  return { from: block - 2 * BLOCK, to: block + BLOCK }
}

export function spanAround(messageId: number): Span {
  const block = blockOf(messageId)
  return { from: block - 2 * BLOCK, to: block + 3 * BLOCK }
}

/** A block further up; what is too far below then goes. */
export function shiftUp({ from, to }: Span): Span {
  const next = from - BLOCK
  return { from: next, to: Math.min(to, next + MOST) }
}

/** A block further down; what is too far above then goes. */
export function shiftDown({ from, to }: Span): Span {
  const next = to + BLOCK
  return { from: Math.max(from, next - MOST), to: next }
}

/** The messages of a span, and how many there are above and below it. `messages` ascend by id. */
export function cut(
  messages: readonly Message[],
  { from, to }: Span,
): { shown: readonly Message[]; above: number; below: number } {
  const start = indexOf(messages, from)
  const end = indexOf(messages, to)
  return { shown: messages.slice(start, end), above: start, below: messages.length - end }
}

/** Where the first message with this id or a higher one is. */
function indexOf(messages: readonly Message[], messageId: number): number {
  let low = 0
  let high = messages.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((messages[middle]?.messageId ?? 0) < messageId) low = middle + 1
    else high = middle
  }
  return low
}
