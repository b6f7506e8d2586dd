import { expect, inject, it } from 'vitest'
import { findings } from './support/accessibility.ts'
import { describeInBrowser, picture, type Windows } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'
import { PASSWORD } from './support/person.ts'

const port = new URL(inject('serverUrl')).port
/** Browsers have no passkeys for addresses of numbers. */
const at = `http://localhost:${port}`

interface Key {
  /** Whether its person does as asked, or turns away. */
  willing(on: boolean): Promise<void>
}

/** A window with an authenticator that asks nobody. */
async function withKey(windows: Windows, options: Parameters<Windows['open']>[0] = {}) {
  const window = await windows.open({ at, ...options })
  const cdp = await window.page.context().newCDPSession(window.page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  const key: Key = {
    async willing(on) {
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: on })
    },
  }
  return { window, key }
}

/** Without an offer where the name is typed, which the authenticator here would take at once. */
async function noAutofill({ page }: ChatWindow): Promise<void> {
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = async () => false
  })
  await page.reload()
}

async function openSettings(window: ChatWindow) {
  await window.page.getByRole('link', { name: 'Settings' }).click()
  const section = window.page.getByRole('region', { name: 'Passkeys' })
  await section.scrollIntoViewIfNeeded()
  return section
}

async function logOut(window: ChatWindow): Promise<void> {
  await window.button('Log out').click()
  await window.page.getByRole('heading', { name: 'Log in' }).waitFor()
}

describeInBrowser('somebody with a passkey', (windows) => {
  it('adds it in the settings, logs in with it, renames and removes it', async () => {
    const { window, key } = await withKey(windows, { viewport: { width: 1440, height: 900 } })
    const { page } = window
    await noAutofill(window)
    await window.signUp(newcomer('Ana'))
    const section = await openSettings(window)
    await window.button('Add a passkey').click()
    await section.getByText('Chrome on Linux').waitFor()
    await section.scrollIntoViewIfNeeded()
    expect(await findings(page)).toEqual([])
    await picture(window, 'passkeys-settings')

    // The device has one already, and says so.
    await window.button('Add a passkey').click()
    await section.getByText('This device has a passkey for your account already.').waitFor()

    await logOut(window)
    expect(await findings(page)).toEqual([])
    await picture(window, 'passkeys-log-in')
    await key.willing(false)
    const options = page.waitForResponse(/generate-authenticate-options/)
    await window.button('Log in with a passkey').click()
    await options
    await expect.poll(() => window.button('Log in with a passkey').isEnabled()).toBe(true)
    expect(await page.locator('.error-line').textContent()).toBe('')
    await key.willing(true)
    await window.button('Log in with a passkey').click()
    await page.getByRole('heading', { name: 'No chats yet' }).waitFor()

    const again = await openSettings(window)
    await window.button('Rename Chrome on Linux').click()
    const naming = window.dialog('Rename passkey')
    await naming.getByRole('textbox', { name: 'Name' }).fill('My desk')
    await naming.getByRole('button', { name: 'Save' }).click()
    await window.button('Remove My desk').click()
    const removing = window.dialog('Remove the passkey “My desk”?')
    expect(await findings(page)).toEqual([])
    await removing.getByRole('button', { name: 'Remove passkey' }).click()
    await removing.waitFor({ state: 'detached' })
    await again.getByText('My desk', { exact: true }).waitFor({ state: 'detached' })

    await logOut(window)
    await window.button('Log in with a passkey').click()
    await page.getByText('This passkey is not known here any more.').waitFor()
    window.troubles.forget(/401/)
  })

  it('is offered it where the name is typed', async () => {
    const { window } = await withKey(windows)
    await window.signUp(newcomer('Ana'))
    const section = await openSettings(window)
    await window.button('Add a passkey').click()
    await section.getByText('Chrome on Linux').waitFor()
    await window.button('Log out').click()
    await window.page.getByRole('heading', { name: 'No chats yet' }).waitFor()
  })

  it('is asked for the password again some time after the login', async () => {
    const { window } = await withKey(windows, {
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    })
    const { page } = window
    await window.signUp(newcomer('Ana'))
    const section = await openSettings(window)
    await page.route(
      '**/generate-register-options',
      (route) =>
        route.fulfill({
          status: 403,
          contentType: 'application/problem+json',
          body: JSON.stringify({
            type: 'about:blank',
            title: 'Forbidden',
            status: 403,
            detail: 'Session is not fresh',
            code: 'forbidden',
            reason: 'SESSION_NOT_FRESH',
          }),
        }),
      { times: 1 },
    )
    await window.button('Add a passkey').click()
    const dialog = window.dialog('Your password first')
    const field = dialog.getByRole('textbox', { name: 'Current password' })
    await field.fill('not the password')
    await dialog.getByRole('button', { name: 'Go on' }).click()
    await dialog.getByText('That is not your current password.').waitFor()
    expect(await findings(page)).toEqual([])
    await picture(window, 'passkeys-password')
    window.troubles.forget(/403/)
    await field.fill(PASSWORD)
    await dialog.getByRole('button', { name: 'Go on' }).click()
    await section.getByText('Chrome on Linux').waitFor()
    await section.scrollIntoViewIfNeeded()
    await picture(window, 'passkeys-phone')
  })

  it('reads the same in German', async () => {
    const { window } = await withKey(windows, { language: 'de' })
    await window.page.goto(`${at}/login`)
    await window.button('Mit Passkey anmelden').waitFor()
    expect(await findings(window.page)).toEqual([])
    await picture(window, 'passkeys-german')
  })

  it('finds no button at an address of numbers, and in the settings the reason', async () => {
    const window = await windows.open({ at: `http://127.0.0.1:${port}` })
    await window.signUp(newcomer('Ana'))
    const section = await openSettings(window)
    await section.getByText('There are no passkeys for an address of numbers.').waitFor()
    expect(await window.button('Add a passkey').count()).toBe(0)
    await logOut(window)
    await window.button('Log in').waitFor()
    expect(await window.button('Log in with a passkey').count()).toBe(0)
  })
})
