import { beforeAll, expect, inject, it } from 'vitest'
import { describeInBrowser, picture } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'
import { Person } from './support/person.ts'

const url = inject('serverUrl')

async function choose(window: ChatWindow, text: string, item: string): Promise<void> {
  const message = window.message(text).first()
  await message.hover()
  await message.getByRole('button', { name: 'Message actions' }).click()
  await window.page.getByRole('menuitem', { name: item }).click()
}

async function chooseForRow(window: ChatWindow, chat: string, item: string): Promise<void> {
  await window.row(chat).click({ button: 'right' })
  await window.page.getByRole('menuitem', { name: item }).click()
}

function reaction(window: ChatWindow, text: string, name: string) {
  return window.message(text).getByRole('button', { name, exact: true })
}

describeInBrowser('two people in a group', (windows) => {
  let ana: Person
  let bob: Person
  let anas: ChatWindow
  let bobs: ChatWindow

  beforeAll(async () => {
    ;[ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
    const group = await ana.makeGroup('Orchard', [bob])
    await ana.send(group.channelId, 'The apples are ripe')
    ;[anas, bobs] = [await windows.open(), await windows.open()]
    await Promise.all([anas.logIn(ana.handle), bobs.logIn(bob.handle)])
    await Promise.all([anas.openChat('Orchard'), bobs.openChat('Orchard')])
  })

  it('see how many of the group are there', async () => {
    await anas.page.getByText('2 members, 2 online').waitFor()
    const dots = (await anas.openDetails()).getByRole('list', { name: 'Members' })
    expect(await dots.getByRole('img', { name: 'Online' }).count()).toBe(2)
    await anas.page.keyboard.press('Escape')
  })

  it('react with a common emoji or any other, join in by a click, and take it back', async () => {
    await choose(bobs, 'The apples are ripe', 'React…')
    await bobs.button('React with 🎉').click()
    await reaction(anas, 'The apples are ripe', '🎉 1').click()
    await reaction(bobs, 'The apples are ripe', '🎉 2').waitFor()

    await choose(bobs, 'The apples are ripe', 'React…')
    const picker = bobs.dialog('React')
    await picture(bobs, 'conversation-picker')
    await picker.getByRole('button', { name: 'Emoji' }).click()
    await picker.getByRole('textbox', { name: 'Search emoji' }).fill('apples')
    await picker.getByText('No emoji by that name.').waitFor()
    await picker.getByRole('textbox', { name: 'Search emoji' }).fill('green apple')
    await picker.getByRole('button', { name: 'green apple' }).click()
    await picker.waitFor({ state: 'detached' })
    await reaction(anas, 'The apples are ripe', '🍏 1').waitFor()

    await reaction(bobs, 'The apples are ripe', '🎉 2').click()
    await reaction(anas, 'The apples are ripe', '🎉 1').waitFor()
    await reaction(bobs, 'The apples are ripe', '🍏 1').click()
    await reaction(anas, 'The apples are ripe', '🍏 1').waitFor({ state: 'detached' })
    await bobs.badge('Orchard').waitFor({ state: 'detached' })
  })

  it('reply with a quote that leads to what was quoted', async () => {
    await choose(bobs, 'The apples are ripe', 'Reply')
    await bobs.page.getByText('Reply to ana').waitFor()
    await bobs.composer.press('Escape')
    await bobs.page.getByText('Reply to ana').waitFor({ state: 'detached' })
    await choose(bobs, 'The apples are ripe', 'Reply')
    await bobs.say('I bring the ladder')
    const quote = anas
      .message('I bring the ladder')
      .getByRole('button', { name: /^Go to the quoted message: ana/ })
    await quote.getByText('The apples are ripe').waitFor()
    await quote.click()
    const focused = anas.page.locator('article:focus')
    await expect.poll(() => focused.textContent()).toContain('The apples are ripe')
    await bobs.page.getByText('Reply to ana').waitFor({ state: 'detached' })
  })

  it('name each other while they type, and see who is meant', async () => {
    await anas.composer.fill('Thank you ')
    await anas.composer.press('End')
    await anas.composer.pressSequentially('@bo')
    await anas.page.getByRole('option', { name: `@${bob.handle}` }).waitFor()
    await picture(anas, 'conversation-suggestions')
    await anas.composer.press('Tab')
    expect(await anas.composer.inputValue()).toBe(`Thank you @${bob.handle} `)
    await anas.composer.press('Enter')
    await bobs.log.locator('.mention-own', { hasText: `@${bob.handle}` }).waitFor()

    await anas.composer.pressSequentially('Come, @al')
    await anas.page.getByRole('option', { name: '@all' }).waitFor()
    await anas.composer.press('Enter')
    await anas.composer.press('Enter')
    await bobs.log.locator('.mention-own', { hasText: '@all' }).waitFor()
    // Of a member it is plain text, and not offered.
    await bobs.composer.pressSequentially('Not @all')
    expect(await bobs.page.getByRole('option').count()).toBe(0)
    await bobs.composer.press('Enter')
    await anas.message('Not @all').waitFor()
    expect(await anas.message('Not @all').locator('.mention').count()).toBe(0)
    await picture(anas, 'conversation-group')
  })

  it('make an admin, who may then do more, and hand the group over', async () => {
    const details = await anas.openDetails()
    await details.getByRole('button', { name: 'Actions for bob' }).click()
    await anas.page.getByRole('menuitem', { name: 'Make admin' }).click()
    await details.getByText('· Admin').waitFor()
    const bobsDetails = await bobs.openDetails()
    await bobsDetails.getByRole('heading', { name: 'Invite links' }).waitFor()
    expect(await bobsDetails.getByRole('button', { name: 'Actions for ana' }).count()).toBe(0)

    await details.getByRole('button', { name: 'Actions for bob' }).click()
    await anas.page.getByRole('menuitem', { name: 'Hand over group' }).click()
    const dialog = anas.dialog('Hand “Orchard” over to bob?')
    await dialog.getByRole('button', { name: 'Hand over' }).click()
    await dialog.waitFor({ state: 'detached' })
    await details.getByText('· Owner').waitFor()
    expect(await details.getByRole('button', { name: 'Actions for bob' }).count()).toBe(0)
    await bobsDetails.getByRole('button', { name: 'Actions for ana' }).waitFor()
  })

  it('let a newcomer in by a link, from before they have an account', async () => {
    const details = bobs.page.getByRole('region', { name: 'Details' })
    await details.getByRole('button', { name: 'New link' }).click()
    const link = details.getByRole('list', { name: 'Invite links' }).getByRole('listitem')
    const code = await link.locator('.invite-code').textContent()
    await link.getByText(/^Not used yet · until/).waitFor()
    await picture(bobs, 'conversation-details')

    const cyd = newcomer('Cyd')
    const cyds = await windows.open({ at: `${url}/join/${code}` })
    await cyds.page.getByRole('textbox', { name: 'Name' }).fill(cyd.name)
    await cyds.page.getByRole('textbox', { name: 'Handle' }).fill(cyd.handle)
    await cyds.page.getByRole('textbox', { name: 'E-mail' }).fill(`${cyd.handle}@example.org`)
    await cyds.page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery')
    await cyds.button('Create account').click()
    const door = cyds.page.getByRole('region', { name: 'Invite' })
    await door.getByText('Orchard').waitFor()
    await door.getByText('2 members').waitFor()
    expect(await door.textContent()).not.toContain('ana')
    await picture(cyds, 'conversation-join')
    await cyds.button('Join group').click()
    await cyds.title('Orchard').waitFor()
    await cyds.message('I bring the ladder').waitFor()
    await anas.log.getByText('Cyd joined').waitFor()

    await link.getByRole('button', { name: 'Revoke link' }).click()
    await link.waitFor({ state: 'detached' })
    await cyds.page.goto(`${url}/join/${code}`)
    await cyds.page.getByText('This invite link does not work.').waitFor()
    cyds.troubles.forget(/404/)
  })
})

describeInBrowser('a person with two devices', (windows) => {
  let ana: Person
  let bob: Person
  let channelId: string
  let laptop: ChatWindow
  let phone: ChatWindow

  beforeAll(async () => {
    ;[ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
    ;({ channelId } = await bob.openDm(ana))
    await bob.send(channelId, 'Hello')
    ;[laptop, phone] = [
      await windows.open(),
      await windows.open({ viewport: { width: 390, height: 844 } }),
    ]
    await Promise.all([laptop.logIn(ana.handle), phone.logIn(ana.handle)])
  })

  it('marks a chat as unread on both, and reading it on one takes it back', async () => {
    await laptop.openChat('bob')
    await laptop.message('Hello').waitFor()
    await laptop.badge('bob').waitFor({ state: 'detached' })
    await chooseForRow(laptop, 'bob', 'Mark as unread')
    for (const window of [laptop, phone]) {
      await window.row('bob').getByRole('img', { name: 'Marked as unread' }).waitFor()
    }
    await phone.openChat('bob')
    const mark = laptop.row('bob').getByRole('img', { name: 'Marked as unread' })
    await mark.waitFor({ state: 'detached' })
    await phone.button('Back to chats').click()
  })

  it('mutes a chat on both, by its row or in its details', async () => {
    await laptop.row('bob').click({ button: 'right' })
    await picture(laptop, 'conversation-row-menu')
    await laptop.page.getByRole('menuitem', { name: 'Mute' }).click()
    const muted = phone.row('bob').getByRole('img', { name: 'Muted' })
    await muted.waitFor()
    await laptop.openChat('bob')
    const details = await laptop.openDetails()
    expect(await details.getByRole('radio', { name: 'Nothing' }).isChecked()).toBe(true)
    await details.getByRole('radio', { name: 'Mentions only' }).check()
    await expect.poll(async () => (await channelOf(ana, channelId)).notify).toBe('mentions')
    await details.getByRole('radio', { name: 'All messages' }).check()
    await muted.waitFor({ state: 'detached' })
  })

  it('hides a chat on both until the next message', async () => {
    await laptop.button('More').click()
    await laptop.page.getByRole('menuitem', { name: 'Hide until the next message' }).click()
    for (const window of [laptop, phone]) await window.row('bob').waitFor({ state: 'detached' })
    await bob.send(channelId, 'Still there?')
    for (const window of [laptop, phone]) await window.row('bob').waitFor()
  })

  it('keeps saved messages under that name', async () => {
    await laptop.start('Saved messages')
    await laptop.title('Saved messages').waitFor()
    await laptop.say('The ladder is in the shed')
    await phone.row('Saved messages').getByText('The ladder is in the shed').waitFor()
  })
})

describeInBrowser('on a phone', (windows) => {
  it('reactions, quotes and the details of a group fit, in the dark too', async () => {
    const [ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
    const group = await ana.makeGroup('Orchard', [bob])
    const first = await bob.send(group.channelId, 'A long sentence about apples. '.repeat(12))
    const path = `/v1/channels/${group.channelId}/messages`
    const body = { clientId: 'reply', text: '@all who helps?', replyTo: first.messageId }
    await ana.call('POST', path, body)
    for (const emoji of '😀😁😂😃😄😅😆😇😈😉😊😋') {
      await bob.call('PUT', `${path}/${first.messageId}/reactions/${encodeURIComponent(emoji)}`)
    }
    for (const colorScheme of ['light', 'dark'] as const) {
      const window = await windows.open({ viewport: { width: 390, height: 844 }, colorScheme })
      await window.logIn(ana.handle)
      await window.openChat('Orchard')
      await reaction(window, 'A long sentence about apples. '.repeat(12).trim(), '😋 1').waitFor()
      expect(await window.overhang()).toBe(0)
      await picture(window, `conversation-phone-${colorScheme}`)
      await window.openDetails()
      await window.page.getByRole('heading', { name: 'Invite links' }).waitFor()
      await picture(window, `conversation-phone-details-${colorScheme}`)
      expect(await window.overhang()).toBe(0)
    }
  })
})

async function channelOf(who: Person, channelId: string) {
  const { body } = await who.call<{ channel: { notify: string } }>(
    'GET',
    `/v1/channels/${channelId}`,
  )
  return body.channel
}
