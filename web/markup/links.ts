/** How much of a text that begins as an address is one; 0 for none of it. */
export function linkEnd(text: string): number {
  const opened = text.split('(').length - 1
  let closed = text.split(')').length - 1
  let end = text.length
  for (; end > 0; end--) {
    const last = text[end - 1] ?? ''
    // A sentence goes on after an address, and a bracket around it does not belong to it.
    if (last === ')' && closed > opened) closed--
    else if (!/[.,:;!?'"’”»*_~`…\]}]/.test(last)) break
  }
  return URL.canParse(addressOf(text.slice(0, end))) ? end : 0
}

/** Where a link leads; what begins with `www.` leaves out how it is fetched. */
export function addressOf(link: string): string {
  return /^www\./i.test(link) ? `https://${link}` : link
}
