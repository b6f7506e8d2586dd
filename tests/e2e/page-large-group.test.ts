import { beforeAll, inject, it } from 'vitest'
import { MAX_GROUP_MEMBERS } from '../../protocol/limits.ts'
import type { Channel } from '../../protocol/objects.ts'
import { describeInBrowser } from './support/browser.ts'
import type { ChatWindow } from './support/chat-window.ts'
import { Person } from './support/person.ts'

/** So many passwords are hashed, by a server that has two cores at most. */
const LONG = 120_000

describeInBrowser('a group of a hundred', (windows) => {
  let anas: ChatWindow
  let bobs: ChatWindow
  let others: Person[]
  let one: Person
  let group: Channel

  beforeAll(async () => {
    const url = inject('serverUrl')
    const names = Array.from({ length: MAX_GROUP_MEMBERS }, (_, index) => `p${index}`)
    others = await Promise.all(names.map((name) => Person.signUp(url, name)))
    one = others.pop()!
    const ana = await Person.signUp(url, 'ana')
    group = await ana.makeGroup('All of us', others)
    anas = await windows.open()
    await anas.logIn(ana.handle)
    bobs = await windows.open()
    await bobs.logIn(others[0]!.handle)
  }, LONG)

  it('shows how many there are, and each of them', async () => {
    await anas.openChat('All of us')
    await anas.page.getByText(`${MAX_GROUP_MEMBERS} members`).first().waitFor()
    const details = await anas.openDetails()
    for (const name of ['p0', 'p50', 'p98']) {
      const person = details.getByText(name, { exact: true })
      await person.scrollIntoViewIfNeeded()
      await person.waitFor()
    }
    await anas.button('Close details').click()
  })

  it('brings what anybody writes to those who look on, with the name', async () => {
    await bobs.openChat('All of us')
    await bobs.say('Who is in?')
    await anas.message('Who is in?').waitFor()
    const answers = others.slice(1, 31)
    await Promise.all(answers.map((person) => person.send(group.channelId, `${person.handle} is`)))
    for (const window of [anas, bobs]) {
      for (const { handle } of answers) await window.message(`${handle} is`).waitFor()
      await window.log.getByText('p30', { exact: true }).first().waitFor()
    }
  })

  it('calls all of them by @all, whoever is away included', async () => {
    await bobs.goHome()
    await anas.say('@all at nine')
    await bobs.row('All of us').getByRole('img', { name: 'You were mentioned' }).waitFor()
    await bobs.openChat('All of us')
    await bobs.message('@all at nine').waitFor()
  })

  it('is full: one more is refused, in words', async () => {
    await anas.openDetails()
    const details = anas.page.getByRole('region', { name: 'Details' })
    const field = details.getByRole('textbox', { name: 'Add someone' })
    await field.fill(`@${one.handle}`)
    await details.getByRole('button', { name: 'Add', exact: true }).click()
    await anas.page.getByText('The group is full. Nobody was added.').waitFor()
    anas.troubles.forget(/409/)
    await anas.page.getByText(`${MAX_GROUP_MEMBERS} members`).first().waitFor()
  })
})
