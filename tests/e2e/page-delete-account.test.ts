import { expect, inject, it } from 'vitest'
import { describeInBrowser, picture } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'
import { Person, PASSWORD } from './support/person.ts'

const url = inject('serverUrl')

/** Everything that the page keeps in a browser. */
async function keptIn({ page }: ChatWindow): Promise<unknown[]> {
  return await page.evaluate(async () => {
    const rows: unknown[] = Object.keys(localStorage)
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name ?? '')
        opening.addEventListener('success', () => resolve(opening.result))
        opening.addEventListener('error', () => reject(new Error('not opened')))
      })
      for (const store of db.objectStoreNames) {
        const asked = db.transaction(store).objectStore(store).getAll()
        await new Promise((resolve) => asked.addEventListener('success', resolve))
        rows.push(...asked.result)
      }
      db.close()
    }
    return rows
  })
}

describeInBrowser('somebody who deletes their account', (windows) => {
  it('is told what happens, asked for the password, logged out, and shown to others as gone', async () => {
    const bob = await Person.signUp(url, 'bob')
    const ana = newcomer('Ana')
    const [anas, phone, bobs] = [
      await windows.open(),
      await windows.open({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' }),
      await windows.open(),
    ]
    await anas.signUp(ana)
    await phone.logIn(ana.handle)
    await bobs.logIn(bob.handle)
    await anas.chatWith({ name: 'bob', handle: bob.handle })
    await anas.say('The papers are in the drawer')
    await bobs.openChat('Ana')
    await bobs.message('The papers are in the drawer').waitFor()
    const anasId = (
      await bob.call<{ users: { userId: string }[] }>('GET', `/v1/users?handle=${ana.handle}`)
    ).body.users[0]!.userId
    const group = await bob.makeGroup('Papers', [{ userId: anasId }])
    await bob.send(group.channelId, 'Ana has them')

    await anas.page.getByRole('link', { name: 'Settings' }).click()
    await anas.button('Delete my account…').click()
    const dialog = anas.dialog('Delete your account?')
    await dialog.getByText('You leave all your groups.').waitFor()
    await picture(anas, 'delete-account')
    await dialog.getByRole('textbox', { name: 'Current password' }).fill('not the password')
    await dialog.getByRole('button', { name: 'Delete account' }).click()
    await dialog.getByRole('alert').waitFor()
    anas.troubles.forget(/403/)
    await dialog.getByRole('textbox', { name: 'Current password' }).fill(PASSWORD)
    await dialog.getByRole('button', { name: 'Delete account' }).click()

    await anas.page.getByText('Your account is deleted.').waitFor()
    await anas.page.getByRole('heading', { name: 'Log in' }).waitFor()
    await phone.page.getByText('You were logged out on this device.').waitFor()
    phone.troubles.forget(/401/)
    anas.troubles.forget(/401/)
    await picture(anas, 'deleted-account')
    await expect.poll(() => keptIn(anas)).toEqual([])
    await anas.page.getByRole('textbox', { name: 'E-mail or handle' }).fill(ana.handle)
    await anas.page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
    await anas.button('Log in').click()
    await anas.page.getByRole('alert').waitFor()
    anas.troubles.forget(/401/)

    await bobs.title('Deleted account').waitFor()
    await bobs.message('The papers are in the drawer').waitFor()
    await bobs.page.getByText('This account was deleted.').waitFor()
    expect(await bobs.composer.count()).toBe(0)
    await picture(bobs, 'deleted-account-dm')
    await bobs.openChat('Papers')
    await bobs.log.getByText('Deleted account left').waitFor()
    await bobs.page.reload()
    await bobs.log.getByText('Deleted account left').waitFor()
  })

  it('is called so at once by whoever knows them from a group only, and has it open', async () => {
    const [bob, cyd] = [await Person.signUp(url, 'bob'), await Person.signUp(url, 'cyd')]
    const group = await bob.makeGroup('Allotment', [cyd])
    await cyd.send(group.channelId, 'The hose is mended')
    const bobs = await windows.open({ viewport: { width: 390, height: 844 } })
    await bobs.logIn(bob.handle)
    await bobs.openChat('Allotment')
    await bobs.log.getByText('cyd', { exact: true }).waitFor()
    expect((await cyd.call('DELETE', '/v1/me', { password: PASSWORD })).status).toBe(204)
    await bobs.log.getByText('Deleted account', { exact: true }).waitFor()
    await bobs.log.getByText('Deleted account left').waitFor()
    expect(await bobs.log.getByText('cyd', { exact: true }).count()).toBe(0)
    await bobs.message('The hose is mended').waitFor()
    await picture(bobs, 'deleted-account-group')
  })
})
