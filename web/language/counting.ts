/** What a count is called, by the plural rules of a language; `#` stands for the number. */
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

/** Numbers in the words of one language: with the form that goes with them, alone, and as a share. */
export function counting(tag: string) {
  const rules = new Intl.PluralRules(tag)
  const number = new Intl.NumberFormat(tag)
  const share = new Intl.NumberFormat(tag, { style: 'percent' })
  return {
    counted: (count: number, forms: Forms) =>
      (forms[rules.select(count)] ?? forms.other).replace('#', number.format(count)),
    /** @param percent 0 to 100 */
    percentage: (percent: number) => share.format(percent / 100),
  }
}
