import { beforeAll, expect, inject, it } from 'vitest'
import { ENGLISH } from '../words.ts'
import { findings, smallTargets } from './support/accessibility.ts'
import { describeInBrowser } from './support/browser.ts'
import type { ChatWindow } from './support/chat-window.ts'
import { setScene, type Scene } from './support/scene.ts'
import { INSIDE, OUTSIDE, settled } from './support/views.ts'

const WIDTHS = [390, 1440]
const SCHEMES = ['light', 'dark'] as const

describeInBrowser('to assistive technology', (windows) => {
  let scene: Scene
  let window: ChatWindow

  beforeAll(async () => {
    scene = await setScene(inject('serverUrl'))
    // What moves while its colours are measured has none.
    window = await windows.open({ reducedMotion: 'reduce' })
  })

  async function look(views: typeof INSIDE, view: string): Promise<void> {
    const { page } = window
    const found: string[] = []
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width < 900 ? 844 : 900 })
      await views[view]!({ page, scene, words: ENGLISH })
      await settled(page)
      for (const target of await smallTargets(page)) found.push(`${width}: small: ${target}`)
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme })
        for (const finding of await findings(page)) {
          found.push(`${width}, ${colorScheme}: ${finding}`)
        }
      }
    }
    // What a view is about may be that something is refused.
    window.troubles.forget(/40[34]/)
    expect(found).toEqual([])
  }

  it.for(Object.keys(OUTSIDE))('%s is as it should be', (view) => look(OUTSIDE, view))

  it('one logs in', async () => {
    await window.logIn(scene.ana.handle)
  })

  it.for(Object.keys(INSIDE))('%s is as it should be', (view) => look(INSIDE, view))

  it('axe-core does find what is wrong', async () => {
    const { page } = window
    await INSIDE['settings']!({ page, scene, words: ENGLISH })
    await page.evaluate(() => {
      const image = document.createElement('img')
      image.src = '/favicon.svg'
      document.querySelector('main')!.append(image)
    })
    expect((await findings(page)).join()).toContain('image-alt')
    await page.locator('main img:not([alt])').evaluate((image) => image.remove())
  })
})
