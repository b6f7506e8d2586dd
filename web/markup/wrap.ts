/** Ctrl or ⌘ with these keys puts their markers around what is selected. */
const MARKERS: Record<string, string> = { b: '**', i: '_', e: '`' }

/** Puts markers around the selection of a field, or takes them away, as one step that can be undone. */
export function wrapSelection(event: KeyboardEvent & { currentTarget: HTMLTextAreaElement }): void {
  const marker = MARKERS[event.key.toLowerCase()]
  if (marker === undefined || !(event.ctrlKey || event.metaKey) || event.altKey) return
  event.preventDefault()
  const field = event.currentTarget
  const { selectionStart: from, selectionEnd: to, value } = field
  const { length } = marker
  const inner = value.slice(from, to)
  const isWrapped = value.slice(0, from).endsWith(marker) && value.startsWith(marker, to)
  if (isWrapped) field.setSelectionRange(from - length, to + length)
  // The only way that leaves undoing to the browser.
  document.execCommand('insertText', false, isWrapped ? inner : marker + inner + marker)
  const start = isWrapped ? from - length : from + length
  field.setSelectionRange(start, start + inner.length)
}
