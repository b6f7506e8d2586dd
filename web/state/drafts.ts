import { keep, kept } from './kept.ts'

/** What was typed and not sent, per chat; it outlives a reload. */
const drafts = new Map<string, string>()

export function draftOf(channelId: string): string {
  return drafts.get(channelId) ?? kept(`draft.${channelId}`) ?? ''
}

export function saveDraft(channelId: string, draft: string): void {
  drafts.set(channelId, draft)
  keep(`draft.${channelId}`, draft === '' ? null : draft)
}

export function forgetDrafts(): void {
  drafts.clear()
}
