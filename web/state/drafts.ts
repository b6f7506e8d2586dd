import { keep, kept } from './kept.ts'

/**
 * What was typed and not sent, per chat; it outlives a reload. Each window has its own, and one that is opened
 * anew goes on with what was typed last.
 */
const drafts = new Map<string, string>()

export function draftOf(channelId: string): string {
  const name = `draft.${channelId}`
  return drafts.get(channelId) ?? kept(name, 'sessionStorage') ?? kept(name) ?? ''
}

export function saveDraft(channelId: string, draft: string): void {
  drafts.set(channelId, draft)
  const value = draft === '' ? null : draft
  keep(`draft.${channelId}`, value, 'sessionStorage')
  keep(`draft.${channelId}`, value)
}

export function forgetDrafts(): void {
  drafts.clear()
}
