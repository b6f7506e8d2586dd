import { expect, inject, it } from 'vitest'
import { describeInBrowser } from './support/browser.ts'
import { newcomer } from './support/chat-window.ts'
import { Person } from './support/person.ts'

const url = inject('serverUrl')

describeInBrowser('a session in the browser', (windows) => {
  it('the page asks nothing of the server while nobody is logged in, but for what a passkey answers', async () => {
    const window = await windows.open()
    const asked: string[] = []
    window.page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await window.page.reload()
    await window.page.getByRole('heading', { name: 'Create your account' }).waitFor()
    await window.page.waitForLoadState('networkidle')
    expect(asked).toContain('/')
    const calls = () => asked.filter((path) => /^\/(v1|api)\//.test(path))
    expect(calls()).toEqual([])
    await window.page.getByRole('link', { name: 'Log in' }).click()
    await window.page.getByRole('heading', { name: 'Log in' }).waitFor()
    await expect.poll(calls).toEqual(['/api/auth/passkey/generate-authenticate-options'])
  })

  it('the page comes with strict headers, and chatting violates none of them', async () => {
    const bob = await Person.signUp(url, 'bob')
    const window = await windows.open()
    const headers = (await window.page.reload())?.headers() ?? {}
    const policy = headers['content-security-policy'] ?? ''
    for (const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ]) {
      expect(policy.split('; ')).toContain(directive)
    }
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    })
    await window.page.getByRole('link', { name: 'Log in' }).click()
    await window.logIn(bob.handle)
    await window.start('Saved messages')
    await window.say('a note')
    await window.tick('a note').waitFor()
    expect(window.troubles.take()).toEqual([])
  })

  it('is over after logging out, and nothing of it stays in the browser', async () => {
    const ana = newcomer('Ana')
    const window = await windows.open()
    const { page } = window
    await window.signUp(ana)
    await window.start('Saved messages')
    await window.say('for my eyes only')
    await window.tick('for my eyes only').waitFor()
    await window.composer.fill('a draft')
    await window.logOut()
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    expect((await page.request.get(`${url}/v1/me`)).status()).toBe(401)
    const kept = await page.evaluate(() => JSON.stringify(localStorage))
    expect(kept).not.toContain('draft')
    await page.goBack()
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    expect(await page.getByText('for my eyes only').count()).toBe(0)
    await window.logIn(ana.handle)
    await window.row('Saved messages').waitFor()
  })

  it('that is ended from another device goes to the log-in at once, and says why', async () => {
    const { handle } = await Person.signUp(url, 'cyd')
    const phone = await windows.open()
    const laptop = await windows.open()
    await phone.logIn(handle)
    await phone.start('Saved messages')
    await laptop.logIn(handle)
    await laptop.page.getByRole('link', { name: 'Settings' }).click()
    const devices = laptop.page.getByRole('list', { name: 'Devices' })
    await devices.getByText('This device').waitFor()
    // Of the two others, the one that is a browser; the third never opened a window.
    await devices.getByRole('button', { name: /^End Chrome/ }).click()
    await laptop.button('Log out device').click()
    await phone.page.getByText('You were logged out on this device.').waitFor()
    await phone.page.getByRole('heading', { name: 'Log in' }).waitFor()
    await devices.getByRole('button', { name: /^End Chrome/ }).waitFor({ state: 'detached' })
    // A socket that was just being opened asks why it was refused.
    phone.troubles.forget(/401/)
    await phone.logIn(handle)
  })
})
