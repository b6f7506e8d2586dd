/** Characters that some system does not take in the name of a file. */
const UNFIT = /[\\/:*?"<>|\p{Cc}]/gu

/** Gives the person a file made of these texts. */
export function saveAs(name: string, parts: string[]): void {
  const url = URL.createObjectURL(new Blob(parts, { type: 'application/jsonl' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name.replace(UNFIT, '_')
  link.click()
  URL.revokeObjectURL(url)
}
