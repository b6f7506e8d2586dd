import { expect, it } from 'vitest'
import { describeInBrowser, picture } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'

describeInBrowser('read receipts on the page', (windows) => {
  const [ana, bob] = [newcomer('Ana'), newcomer('Bob')]
  let anas: ChatWindow
  let bobs: ChatWindow

  const tickOf = (window: ChatWindow, message: string, state: string) =>
    window.message(message).getByRole('img', { name: state })
  const choice = (window: ChatWindow) =>
    window.page.getByRole('checkbox', { name: 'Read receipts' })
  const openSettings = async (window: ChatWindow) => {
    await window.page.getByRole('link', { name: 'Settings' }).click()
    await choice(window).waitFor()
  }

  it('show what was read, as long as both have them on', async () => {
    ;[anas, bobs] = [await windows.open(), await windows.open()]
    await anas.signUp(ana)
    await bobs.signUp(bob)
    await anas.chatWith(bob)
    await anas.say('Before')
    await bobs.openChat('Ana')
    await tickOf(anas, 'Before', 'Read').waitFor()
  })

  it('are switched off in the settings, which says that it goes both ways, and is kept', async () => {
    await openSettings(bobs)
    expect(await choice(bobs).isChecked()).toBe(true)
    await bobs.page.getByText(/you do not see it of others/).waitFor()
    await choice(bobs).click()
    await expect.poll(() => choice(bobs).isChecked()).toBe(false)
    await picture(bobs, 'settings-receipts')
    await bobs.page.reload()
    await choice(bobs).waitFor()
    expect(await choice(bobs).isChecked()).toBe(false)
  })

  it('then tell nobody what is read, live and after loading anew, but what was delivered', async () => {
    await anas.say('Did you see this?')
    await bobs.openChat('Ana')
    await bobs.message('Did you see this?').waitFor()
    await bobs.say('Maybe')
    await anas.message('Maybe').waitFor()
    await tickOf(anas, 'Did you see this?', 'Delivered').waitFor()
    await tickOf(bobs, 'Maybe', 'Delivered').waitFor()
    await anas.page.reload()
    await tickOf(anas, 'Did you see this?', 'Delivered').waitFor()
    await tickOf(anas, 'Before', 'Read').waitFor()
    await bobs.page.reload()
    await tickOf(bobs, 'Maybe', 'Delivered').waitFor()
    expect(await bobs.badge('Ana').count()).toBe(0)
  })

  it('and show things as they are once they are on again', async () => {
    await openSettings(bobs)
    await choice(bobs).click()
    await expect.poll(() => choice(bobs).isChecked()).toBe(true)
    await tickOf(anas, 'Did you see this?', 'Read').waitFor()
    await bobs.openChat('Ana')
    await tickOf(bobs, 'Maybe', 'Read').waitFor()
  })
})
