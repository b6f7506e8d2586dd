import type { Locator, Page } from 'playwright-core'
import type { Words } from '../../words.ts'
import type { Scene } from './scene.ts'

/** What a view is opened with: the page, what is there, and the words that are on its buttons. */
export interface Viewer {
  page: Page
  scene: Scene
  words: Words
}

type View = (viewer: Viewer) => Promise<void>

/** Every view of somebody who is not logged in. */
export const OUTSIDE: Record<string, View> = {
  'sign-up': async (viewer) => {
    await go(viewer, '/signup')
    await button(viewer, viewer.words.account.signUp).click()
    await viewer.page.getByText(viewer.words.accountErrors.nameMissing).waitFor()
  },
  'log-in': async (viewer) => {
    await go(viewer, '/login')
    await button(viewer, viewer.words.account.logIn).click()
    await viewer.page.getByText(viewer.words.accountErrors.whoMissing).waitFor()
  },
  forgot: async (viewer) => {
    await go(viewer, '/forgot')
    await button(viewer, viewer.words.account.sendLink).click()
    await viewer.page.getByText(viewer.words.accountErrors.emailBad).waitFor()
  },
  reset: async (viewer) => {
    await go(viewer, '/reset?token=x')
    await button(viewer, viewer.words.account.setPassword).click()
    await viewer.page.getByText(viewer.words.accountErrors.passwordShort).waitFor()
  },
  'reset-bad-link': async (viewer) => {
    await go(viewer, '/reset')
    await viewer.page.getByText(viewer.words.accountErrors.badLink).waitFor()
  },
}

/** Every view of somebody who is. */
export const INSIDE: Record<string, View> = {
  list: async (viewer) => {
    await go(viewer, '/')
    await row(viewer, viewer.scene.dmId).waitFor()
  },
  'menu-start': async (viewer) => {
    await go(viewer, '/')
    await button(viewer, viewer.words.chats.start).click()
    await item(viewer, viewer.words.chats.newGroup).waitFor()
  },
  'menu-row': async (viewer) => {
    await go(viewer, '/')
    await row(viewer, viewer.scene.dmId).click({ button: 'right' })
    await item(viewer, viewer.words.chats.hide).waitFor()
  },
  find: async (viewer) => {
    const { words, page, scene } = viewer
    await go(viewer, '/')
    await choose(viewer, words.chats.start, words.chats.findPerson)
    await page.getByRole('textbox', { name: words.find.handle }).fill(scene.bob.handle)
    await button(viewer, words.find.chatWith('Bob Lindqvist')).waitFor()
  },
  'find-nobody': async (viewer) => {
    const { words, page } = viewer
    await go(viewer, '/')
    await choose(viewer, words.chats.start, words.chats.findPerson)
    await page.getByRole('textbox', { name: words.find.handle }).fill('nobody_at_all')
    await button(viewer, words.find.find).click()
    await page.getByText(words.find.none('nobody_at_all')).waitFor()
  },
  'new-group': async (viewer) => {
    const { words, page, scene } = viewer
    await go(viewer, '/')
    await choose(viewer, words.chats.start, words.chats.newGroup)
    const people = page.getByRole('textbox', { name: words.group.people })
    await people.fill(scene.bob.handle)
    await people.press('Enter')
    await button(viewer, words.group.remove('Bob Lindqvist')).waitFor()
    await button(viewer, words.group.create).click()
    await page.getByText(words.accountErrors.titleMissing).waitFor()
  },
  dm: async (viewer) => {
    await go(viewer, `/c/${viewer.scene.dmId}`)
    await viewer.page.getByText('Morning! Did the parcel come?').waitFor()
  },
  group: openGroup,
  'menu-chat': async (viewer) => {
    await openGroup(viewer)
    await button(viewer, viewer.words.conversation.menu).click()
    await item(viewer, viewer.words.conversation.leave).waitFor()
  },
  'menu-message': async (viewer) => {
    await openMessageMenu(viewer)
    await item(viewer, viewer.words.conversation.delete).waitFor()
  },
  react: async (viewer) => {
    await openMessageMenu(viewer)
    await item(viewer, viewer.words.conversation.reactItem).click()
    await button(viewer, viewer.words.conversation.reactWith('👍')).waitFor()
  },
  reply: async (viewer) => {
    await openMessageMenu(viewer)
    await item(viewer, viewer.words.conversation.reply).click()
    await button(viewer, viewer.words.conversation.cancelReply).click({ trial: true })
  },
  edit: async (viewer) => {
    await openMessageMenu(viewer)
    await item(viewer, viewer.words.conversation.edit).click()
    await button(viewer, viewer.words.conversation.cancelEdit).click({ trial: true })
  },
  delete: async (viewer) => {
    await openMessageMenu(viewer)
    await item(viewer, viewer.words.conversation.delete).click()
    await button(viewer, viewer.words.conversation.deleteConfirm).waitFor()
  },
  mention: async (viewer) => {
    await openGroup(viewer)
    await viewer.page.locator('textarea').fill('')
    await viewer.page.locator('textarea').pressSequentially('@')
    await viewer.page.getByRole('option').first().waitFor()
  },
  emoji: async (viewer) => {
    const { conversation, emoji } = viewer.words
    await openGroup(viewer)
    await button(viewer, conversation.emoji).click()
    await viewer.page.locator('.emoji-row button').first().waitFor()
    await viewer.page.getByRole('textbox', { name: emoji.search }).click({ trial: true })
  },
  'too-long': async (viewer) => {
    await openGroup(viewer)
    const count = 100_100
    await viewer.page.locator('textarea').fill('a'.repeat(count))
    await viewer.page.getByText(viewer.words.conversation.charactersLeft(99_999 - count)).waitFor()
    await viewer.page.locator('textarea').evaluate((field) => (field.scrollTop = 0))
  },
  'jump-to-date': async (viewer) => {
    const { menu, jumpToDateMenu, date } = viewer.words.conversation
    await openGroup(viewer)
    await choose(viewer, menu, jumpToDateMenu)
    await viewer.page.getByLabel(date, { exact: true }).waitFor()
  },
  leave: async (viewer) => {
    const { conversation, details } = viewer.words
    await openGroup(viewer)
    await choose(viewer, conversation.menu, conversation.leave)
    await viewer.page.getByRole('dialog').getByText(details.leaveBody).waitFor()
  },
  found: async (viewer) => {
    await go(viewer, `/c/${viewer.scene.groupId}/m/${viewer.scene.first.messageId}`)
    await viewer.page.locator('[data-found]').waitFor()
  },
  left: async (viewer) => {
    await go(viewer, `/c/${viewer.scene.leftGroupId}`)
    await viewer.page.getByText(viewer.words.conversation.left).waitFor()
  },
  notes: async (viewer) => {
    await go(viewer, `/c/${viewer.scene.notesId}`)
    await viewer.page.getByText(viewer.words.conversation.selfHint).waitFor()
  },
  refused: async (viewer) => {
    await go(viewer, `/c/${viewer.scene.refusingId}`)
    await viewer.page.locator('textarea').fill('Are you there?')
    await viewer.page.locator('textarea').press('Enter')
    await viewer.page.getByText(viewer.words.errors.blocked).first().waitFor()
  },
  blocked: async (viewer) => {
    await go(viewer, `/c/${viewer.scene.blockedId}`)
    await button(viewer, viewer.words.people.unblock).waitFor()
  },
  'no-such-chat': async (viewer) => {
    await go(viewer, '/c/never')
    await viewer.page.getByText(viewer.words.errors.not_found).waitFor()
  },
  'details-dm': async (viewer) => {
    await go(viewer, `/c/${viewer.scene.dmId}/details`)
    await viewer.page.getByText(viewer.words.details.notify.mentions).waitFor()
  },
  details: openDetails,
  'menu-member': async (viewer) => {
    await openDetails(viewer)
    await button(viewer, viewer.words.details.memberMenu('Bob Lindqvist')).click()
    await item(viewer, viewer.words.details.handOver).waitFor()
  },
  'hand-over': async (viewer) => {
    const { memberMenu, handOver, handOverBody } = viewer.words.details
    await openDetails(viewer)
    await choose(viewer, memberMenu('Bob Lindqvist'), handOver)
    await viewer.page.getByText(handOverBody('Bob Lindqvist')).waitFor()
  },
  search: async (viewer) => {
    await openSearch(viewer)
    await viewer.page.locator('.search summary').click()
    await viewer.page.locator('.hit').first().waitFor()
  },
  'search-hits': async (viewer) => {
    await openSearch(viewer)
    await viewer.page.getByLabel(viewer.words.search.field).fill('chess')
    await viewer.page.locator('.hit mark').first().waitFor()
  },
  'search-in-chat': async (viewer) => {
    const { conversation, search } = viewer.words
    await go(viewer, `/c/${viewer.scene.groupId}`)
    await button(viewer, conversation.search).click()
    await viewer.page.getByLabel(search.field).fill('nowhere')
    await viewer.page.getByText(search.none).waitFor()
  },
  people: async (viewer) => {
    await go(viewer, '/people')
    await button(viewer, viewer.words.people.accept).waitFor()
  },
  person: async (viewer) => {
    await go(viewer, `/u/${viewer.scene.bob.userId}`)
    await button(viewer, viewer.words.people.block).waitFor()
    await viewer.page.getByText('And one more.').waitFor()
  },
  block: async (viewer) => {
    await go(viewer, `/u/${viewer.scene.bob.userId}`)
    await button(viewer, viewer.words.people.block).click()
    await viewer.page.getByText(viewer.words.people.blockBody('Bob Lindqvist')).waitFor()
  },
  'own-profile': async (viewer) => {
    await go(viewer, `/u/${viewer.scene.ana.userId}`)
    await viewer.page.getByRole('link', { name: viewer.words.people.editOwn }).waitFor()
  },
  settings: openSettings,
  'end-device': async (viewer) => {
    await openSettings(viewer)
    await viewer.page.locator('.devices button').first().click()
    await viewer.page.getByText(viewer.words.settings.endBody).waitFor()
  },
  'delete-account': async (viewer) => {
    await openSettings(viewer)
    await button(viewer, viewer.words.settings.deleteAsk).click()
    await viewer.page.getByText(viewer.words.settings.deletePoints[0]!).waitFor()
  },
  palette: async (viewer) => {
    await go(viewer, '/')
    await viewer.page.keyboard.press('Control+k')
    await viewer.page.getByRole('combobox', { name: viewer.words.keyboard.palette }).fill('hut')
    await viewer.page.locator('.palette li').nth(1).waitFor()
  },
  shortcuts: async (viewer) => {
    await go(viewer, '/')
    await viewer.page.locator('.chat-row').first().focus()
    await viewer.page.keyboard.press('?')
    await viewer.page.getByRole('dialog').getByText(viewer.words.keyboard.editLast).waitFor()
  },
  join: async (viewer) => {
    await go(viewer, `/join/${viewer.scene.inviteCode}`)
    await button(viewer, viewer.words.join.join).waitFor()
  },
  'join-gone': async (viewer) => {
    await go(viewer, '/join/nothing')
    await viewer.page.getByText(viewer.words.join.gone).waitFor()
  },
}

async function openGroup(viewer: Viewer): Promise<void> {
  await go(viewer, `/c/${viewer.scene.groupId}`)
  await viewer.page.getByText('And the chess board.', { exact: true }).last().waitFor()
  // What was begun in an earlier view is kept, and there again in a moment.
  const { cancelEdit, cancelReply } = viewer.words.conversation
  const about = { edited: cancelEdit, replyTo: cancelReply }
  for (const [name, cancel] of Object.entries(about)) {
    const key = `parley.draft.${viewer.scene.groupId}/${name}`
    const isKept = await viewer.page.evaluate((at) => sessionStorage.getItem(at) !== null, key)
    if (isKept) await button(viewer, cancel).click()
  }
  await viewer.page.locator('textarea').fill('')
}

async function openMessageMenu(viewer: Viewer): Promise<void> {
  await openGroup(viewer)
  const message = viewer.page.locator(`[data-message="${viewer.scene.own.messageId}"]`)
  // A note that was closed just before may still hand the focus back to the composer, and the key with it.
  for (let isOpen = false; !isOpen;) {
    await message.press('Enter')
    const opened = viewer.page.getByRole('menu').waitFor({ timeout: 2_000 })
    isOpen = await opened.then(
      () => true,
      () => false,
    )
  }
}

async function openDetails(viewer: Viewer): Promise<void> {
  await go(viewer, `/c/${viewer.scene.groupId}/details`)
  await button(viewer, viewer.words.invites.revoke).waitFor()
  await button(viewer, viewer.words.details.memberMenu('Bob Lindqvist')).waitFor()
}

async function openSettings(viewer: Viewer): Promise<void> {
  await go(viewer, '/settings')
  await viewer.page.getByText(viewer.words.settings.thisDevice, { exact: true }).waitFor()
  await viewer.page.getByText(viewer.words.settings.addedBy).waitFor()
}

async function openSearch(viewer: Viewer): Promise<void> {
  await go(viewer, '/')
  await button(viewer, viewer.words.search.open).click()
}

/** A menu that opens is not where it will be at once. */
export async function settled(page: Page): Promise<void> {
  await page.locator('.menu:popover-open:not([data-placed])').waitFor({ state: 'detached' })
}

/** Leaves what is open and goes elsewhere, without loading the page anew. */
async function go({ page }: Viewer, path: string): Promise<void> {
  await page.evaluate(async (to) => {
    for (const open of document.querySelectorAll('dialog[open]'))
      (open as HTMLDialogElement).close()
    for (const open of document.querySelectorAll<HTMLElement>(':popover-open')) open.hidePopover()
    document.querySelector<HTMLElement>('.search-box button')?.click()
    for (const address of ['/', to]) {
      history.pushState({ inside: true }, '', address)
      dispatchEvent(new PopStateEvent('popstate'))
      // What was there before is gone with the next frame.
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
    }
  }, path)
}

function button({ page }: Viewer, name: string): Locator {
  return page.getByRole('button', { name, exact: true })
}

function item({ page }: Viewer, name: string): Locator {
  return page.getByRole('menuitem', { name, exact: true })
}

function row({ page }: Viewer, channelId: string): Locator {
  return page.locator(`.chat-row[href="/c/${channelId}"]`)
}

async function choose(viewer: Viewer, menu: string, entry: string): Promise<void> {
  await button(viewer, menu).click()
  await item(viewer, entry).click()
}
