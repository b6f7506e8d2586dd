import { randomUUID } from 'node:crypto'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { PASSWORD } from './person.ts'
import { Troubles } from './troubles.ts'

/** For each single step: a slow machine under load is no error. */
const STEP_MS = 30_000

export interface Newcomer {
  name: string
  handle: string
}

/** Somebody who has no account yet; the handle is nobody else's, on a server of any age. */
export function newcomer(name: string): Newcomer {
  const beginning = name.toLowerCase().replace(/[^a-z]/g, '')
  return {
    name,
    handle: `${beginning.slice(0, 8)}_${randomUUID().replaceAll('-', '').slice(0, 12)}`,
  }
}

/** A window somebody sits at, used as people use it: by what is written on things. */
export class ChatWindow {
  readonly page: Page
  readonly troubles: Troubles

  private constructor(page: Page) {
    this.page = page
    this.troubles = new Troubles(page)
    page.setDefaultTimeout(STEP_MS)
  }

  static async open(context: BrowserContext, url: string): Promise<ChatWindow> {
    const window = new ChatWindow(await context.newPage())
    await window.page.goto(url)
    return window
  }

  get list(): Locator {
    return this.page.getByRole('navigation', { name: 'Chats' })
  }

  get log(): Locator {
    return this.page.getByRole('log', { name: 'Messages' })
  }

  /** The line above what was unread when the chat was opened. */
  get newLine(): Locator {
    return this.log.getByText('New', { exact: true })
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message', exact: true })
  }

  /** The name over the conversation. */
  title(name: string): Locator {
    return this.page.getByRole('heading', { level: 1, name, exact: true })
  }

  /** A chat in the list. */
  row(name: string): Locator {
    const label = this.page.getByText(name, { exact: true })
    return this.list.getByRole('link').filter({ has: label })
  }

  badge(name: string): Locator {
    return this.row(name).getByRole('img', { name: 'unread message' })
  }

  message(text: string): Locator {
    return this.log.getByRole('article').filter({ has: this.page.getByText(text, { exact: true }) })
  }

  /** The tick of an own message that is stored, delivered or read. */
  tick(text: string): Locator {
    return this.message(text).getByRole('img', { name: /^(Sent|Delivered|Read)/ })
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  dialog(name: string): Locator {
    return this.page.getByRole('dialog', { name })
  }

  /** Logs out in the settings, once they have all that they ask for: what comes after is refused, and a trouble. */
  async logOut(): Promise<void> {
    const asked = this.page.waitForResponse(/list-user-passkeys$/)
    await this.page.getByRole('link', { name: 'Settings' }).click()
    await asked
    await this.button('Log out').click()
  }

  /** The field in which a message is edited, once it has the focus and the caret is at its end. */
  async editField(): Promise<Locator> {
    const field = this.page.getByRole('textbox', { name: 'Edited message' })
    await field.and(this.page.locator(':focus')).waitFor()
    return field
  }

  async signUp({ name, handle }: Newcomer): Promise<void> {
    const { page } = this
    if (new URL(page.url()).pathname !== '/signup') {
      await page.goto(new URL('/signup', page.url()).href)
    }
    await page.getByRole('textbox', { name: 'Name' }).fill(name)
    await page.getByRole('textbox', { name: 'Handle' }).fill(handle)
    await page.getByRole('textbox', { name: 'E-mail' }).fill(`${handle}@example.org`)
    await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
    await this.button('Create account').click()
    await page.getByRole('heading', { name: 'No chats yet' }).waitFor()
  }

  async logIn(handle: string, password: string = PASSWORD): Promise<void> {
    const { page } = this
    if (new URL(page.url()).pathname !== '/login') {
      await page.goto(new URL('/login', page.url()).href)
    }
    await page.getByRole('textbox', { name: 'E-mail or handle' }).fill(handle)
    await page.getByRole('textbox', { name: 'Password' }).fill(password)
    await this.button('Log in').click()
    await page.getByRole('link', { name: 'Settings' }).waitFor()
  }

  /** An entry of the menu behind the pencil. */
  async start(entry: 'Find someone by handle' | 'New group' | 'Saved messages'): Promise<void> {
    await this.button('New chat').click()
    await this.page.getByRole('menuitem', { name: entry }).click()
  }

  async chatWith({ handle, name }: Newcomer): Promise<void> {
    await this.start('Find someone by handle')
    const dialog = this.dialog('Find someone by handle')
    await dialog.getByRole('textbox', { name: 'Handle' }).fill(handle)
    await dialog.getByRole('button', { name: 'Find', exact: true }).click()
    await dialog.getByRole('button', { name: 'Start chat' }).click()
    await this.title(name).waitFor()
  }

  async openChat(name: string): Promise<void> {
    await this.row(name).click()
    await this.title(name).waitFor()
  }

  async openDetails(): Promise<Locator> {
    await this.button('More').click()
    await this.page.getByRole('menuitem', { name: 'Details' }).click()
    const details = this.page.getByRole('region', { name: 'Details' })
    await details.waitFor()
    return details
  }

  async goTo(path: string): Promise<void> {
    await this.page.goto(new URL(path, this.page.url()).href)
  }

  async goHome(): Promise<void> {
    await this.goTo('/')
    await this.list.waitFor()
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.composer.press('Enter')
  }

  /** Another window of the same browser, and so the same login. */
  async another(): Promise<ChatWindow> {
    return await ChatWindow.open(this.page.context(), new URL('/', this.page.url()).href)
  }

  /** By how many pixels something sticks out at the side: of the page, the messages or the list. */
  async overhang(): Promise<number> {
    return await this.page.evaluate(() => {
      const boxes = document.querySelectorAll('html, body, main, [role=log], nav')
      return Math.max(...[...boxes].map((box) => box.scrollWidth - box.clientWidth))
    })
  }
}
