import { expect, it, onTestFinished } from 'vitest'
import { Person } from './support/person.ts'
import { removeFolder, startServer } from './support/server.ts'

it('a server that is stopped and started on the same folder has everything', async () => {
  const first = await startServer()
  onTestFinished(() => removeFolder(first))
  const [ana, bob] = await Promise.all([
    Person.signUp(first.url, 'ana'),
    Person.signUp(first.url, 'bob'),
  ])
  const dm = await ana.openDm(bob)
  const group = await ana.makeGroup('Still here', [bob])
  const device = await bob.connect()
  for (let i = 0; i < 5; i++) await ana.send(dm.channelId, `message ${i}`)
  await device.until(() => device.texts.length === 5)
  const history = await bob.history(dm.channelId)
  const { cursor } = device
  await ana.send(group.channelId, 'just before the end')
  await first.stop()

  const second = await startServer({ persistTo: first.persistTo })
  onTestFinished(() => second.stop())
  // The same logins, for the token is as good as before.
  const [anaNow, bobNow] = await Promise.all([moved(ana, second.url), moved(bob, second.url)])
  expect(await bobNow.history(dm.channelId)).toEqual(history)
  const back = await bobNow.connect(cursor)
  await back.until(() => back.texts.length === 1)
  expect(back.texts).toEqual(['just before the end'])
  await anaNow.send(dm.channelId, 'and on it goes')
  await back.until(() => back.texts.includes('and on it goes'))
}, 240_000)

/** The same person and login at another address. */
async function moved(person: Person, url: string): Promise<Person> {
  return Object.assign(Object.create(Person.prototype) as Person, person, { url })
}
