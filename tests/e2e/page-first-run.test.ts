import { expect, it } from 'vitest'
import { describeInBrowser } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'

describeInBrowser('a first run in two windows', (windows) => {
  const [ana, bob] = [newcomer('Ana'), newcomer('Bob')]
  let anas: ChatWindow
  let bobs: ChatWindow

  it('two people sign up, and an empty list says what to do next', async () => {
    ;[anas, bobs] = [await windows.open(), await windows.open()]
    await anas.page.getByRole('heading', { name: 'Create your account' }).waitFor()
    await anas.signUp(ana)
    await bobs.signUp(bob)
    await anas.button('Find someone by handle').waitFor()
    await anas.button('Saved messages').waitFor()
  })

  it('one finds the other by handle, and what they say is there at once, on both sides', async () => {
    await anas.chatWith(bob)
    await anas.say('Are we still on for six?')
    await bobs.openChat('Ana')
    await bobs.message('Are we still on for six?').waitFor()
    await bobs.say('Yes. I will wait by the door.')
    await anas.message('Yes. I will wait by the door.').waitFor()
    await anas.say('Good.')
    await bobs.message('Good.').waitFor()
    expect(await bobs.log.getByRole('article').count()).toBe(3)
    // What comes while one looks gets no line above it.
    expect(await anas.newLine.count()).toBe(0)
  })

  it('Enter sends, Shift+Enter breaks the line', async () => {
    await anas.composer.pressSequentially('Bring')
    await anas.composer.press('Shift+Enter')
    await anas.composer.pressSequentially('the map')
    expect(await anas.composer.inputValue()).toBe('Bring\nthe map')
    await anas.composer.press('Enter')
    expect(await anas.composer.inputValue()).toBe('')
    const bubble = bobs.message('Bring the map').getByText('the map')
    await expect.poll(() => bubble.innerText()).toBe('Bring\nthe map')
  })

  it('an own message gets its tick when it is stored; others’ have none', async () => {
    await anas.tick('Good.').waitFor()
    await anas.tick('Bring the map').waitFor()
    expect(await bobs.message('Good.').getByRole('img').count()).toBe(0)
  })

  it('the history is there after a reload, in its order', async () => {
    await anas.page.reload()
    await anas.message('Bring the map').waitFor()
    const bubbles = anas.log.getByRole('article').locator('.bubble')
    await expect
      .poll(() => bubbles.allTextContents())
      .toEqual([
        'Are we still on for six?',
        'Yes. I will wait by the door.',
        'Good.',
        'Bring\nthe map',
      ])
  })

  it('what is unread is counted in the list, and in all windows no more once it is read', async () => {
    await bobs.goHome()
    const second = windows.add(await bobs.another())
    const laptop = await windows.open()
    await laptop.logIn(bob.handle)
    const all = [bobs, second, laptop]
    await anas.say('One')
    await anas.say('Two')
    for (const window of all) {
      await expect.poll(() => window.badge('Ana').textContent()).toBe('2')
      await expect.poll(() => window.page.title()).toBe('(2) Parley')
    }
    await bobs.openChat('Ana')
    await bobs.message('Two').waitFor()
    await bobs.newLine.waitFor()
    for (const window of all) {
      await window.badge('Ana').waitFor({ state: 'detached' })
      await expect.poll(() => window.page.title()).toBe('Parley')
    }
  })
})
