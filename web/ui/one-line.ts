/** A line of a list or a quote; a message may have a hundred thousand characters. */
const LINE_LENGTH = 200

/** The beginning of a text on one line. */
export function oneLine(full: string): string {
  return full.slice(0, LINE_LENGTH).replace(/\s+/g, ' ').trim()
}
