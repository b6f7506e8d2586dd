import { plainText } from '../markup/plain-text.ts'

/** A line of a list or a quote; a message may have a hundred thousand characters. */
const LINE_LENGTH = 200

/** The beginning of a message on one line, without its formatting. */
export function oneLine(full: string): string {
  return plainText(full.slice(0, LINE_LENGTH)).replace(/\s+/g, ' ').trim()
}
