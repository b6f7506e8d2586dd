import type { Token } from './tokens.ts'

interface Block {
  kind: Extract<Token['kind'], 'text' | 'marker' | 'block'> | 'paragraph'
  text: string
}

/** A line that begins with three backticks; one that has nothing after them may also end a block. */
const FENCE = /^```([^`\n]*)(?:\n|$)/gm

/** The code blocks of a message, and the paragraphs around them, between empty lines. */
export function blocksOf(source: string): Block[] {
  const blocks: Block[] = []
  let from = 0
  let opening: RegExpExecArray | null = null
  for (const fence of source.matchAll(FENCE)) {
    const isBare = fence[1]?.trim() === ''
    if (opening === null) opening = fence
    else if (isBare) {
      const begin = opening.index + opening[0].length
      const end = Math.max(begin, fence.index - 1)
      // The line breaks around a block go with its markers: it stands on lines of its own anyway.
      const before = source[opening.index - 1] === '\n' && opening.index > from ? 1 : 0
      addParagraphs(blocks, source.slice(from, opening.index - before))
      blocks.push({ kind: 'marker', text: source.slice(opening.index - before, begin) })
      blocks.push({ kind: 'block', text: source.slice(begin, end) })
      from = fence.index + fence[0].length
      blocks.push({ kind: 'marker', text: source.slice(end, from) })
      opening = null
    }
  }
  addParagraphs(blocks, source.slice(from))
  return blocks
}

function addParagraphs(blocks: Block[], text: string): void {
  for (const [index, part] of text.split(/(\n\s*\n)/).entries()) {
    if (part !== '') blocks.push({ kind: index % 2 === 0 ? 'paragraph' : 'text', text: part })
  }
}
