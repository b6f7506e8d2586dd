import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** WCAG 2.2 wants 24 pixels, except of links within a sentence. */
const TARGET_PX = 24

/** What axe-core finds on the page as it is now, by rule and element. Its doubts are not counted. */
export async function findings(page: Page): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in globalThis)
  if (!isThere) await page.evaluate(axe.source)
  return await page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { axe: typeof axe }
    const { violations } = await checker.run(document, {
      resultTypes: ['violations'],
      // Off unless asked for, since older versions of WCAG did not have it.
      rules: { 'target-size': { enabled: true } },
    })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
    )
  })
}

/** What can be clicked and is smaller than a fingertip may be. */
export async function smallTargets(page: Page): Promise<string[]> {
  return await page.evaluate((least) => {
    const controls = 'a, button, input, select, textarea, summary, [role=option], [role=menuitem]'
    return [...document.querySelectorAll<HTMLElement>(controls)]
      .filter((control) =>
        control.checkVisibility({ opacityProperty: true, contentVisibilityAuto: true }),
      )
      .filter((control) => control.closest('.visually-hidden') === null)
      .filter((control) => !isInSentence(control))
      .filter((control) => {
        // A box to tick is as large as its label.
        const { width, height } = (control.closest('label') ?? control).getBoundingClientRect()
        return width < least || height < least
      })
      .map((control) => control.outerHTML.slice(0, 160))

    function isInSentence(control: HTMLElement): boolean {
      const { parentElement } = control
      if (parentElement === null || !control.matches('a, .text-button')) return false
      return parentElement.closest('p') !== null && parentElement.innerText !== control.innerText
    }
  }, TARGET_PX)
}
