import { expect, it } from 'vitest'
import { describeInBrowser } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'

describeInBrowser('a group, by the page', (windows) => {
  const [ana, bob, cyd] = [newcomer('Ana'), newcomer('Bob'), newcomer('Cyd')]
  let anas: ChatWindow
  let bobs: ChatWindow
  let cyds: ChatWindow

  it('is made with two others by handle, and appears in their lists', async () => {
    ;[anas, bobs, cyds] = [await windows.open(), await windows.open(), await windows.open()]
    await anas.signUp(ana)
    await bobs.signUp(bob)
    await cyds.signUp(cyd)
    await anas.start('New group')
    const dialog = anas.dialog('New group')
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Trip')
    const people = dialog.getByRole('textbox', { name: 'People' })
    for (const { handle, name } of [bob, cyd]) {
      await people.fill(`@${handle}`)
      await people.press('Enter')
      await dialog.getByRole('button', { name: `Remove ${name}` }).waitFor()
    }
    await dialog.getByRole('button', { name: 'Create group' }).click()
    await anas.title('Trip').waitFor()
    await anas.page.getByText('3 members').waitFor()
    await bobs.openChat('Trip')
    await cyds.openChat('Trip')
  })

  it('shows a message to all, with the name of whoever wrote it', async () => {
    await anas.say('The train leaves at nine')
    for (const window of [bobs, cyds]) {
      await window.message('The train leaves at nine').waitFor()
      await window.log.getByText('Ana', { exact: true }).waitFor()
    }
    await bobs.say('From which platform?')
    for (const window of [anas, cyds]) await window.message('From which platform?').waitFor()
  })

  it('changes its name for all, in the list and over the messages', async () => {
    const details = await anas.openDetails()
    await details.getByRole('textbox', { name: 'Rename group' }).fill('Trip to the sea')
    await details.getByRole('button', { name: 'Save' }).click()
    for (const window of [anas, bobs, cyds]) {
      await window.title('Trip to the sea').waitFor()
      await window.row('Trip to the sea').waitFor()
    }
    await bobs.page.getByText('Ana renamed the group to “Trip to the sea”').first().waitFor()
  })

  it('asks before somebody is removed, who then sees that they are out', async () => {
    const details = anas.page.getByRole('region', { name: 'Details' })
    await details.getByRole('button', { name: 'Actions for Cyd' }).click()
    await anas.page.getByRole('menuitem', { name: 'Remove from group' }).click()
    const dialog = anas.dialog('Remove Cyd?')
    await dialog.getByText('no longer be able to read or write in “Trip to the sea”').waitFor()
    await dialog.getByRole('button', { name: 'Remove Cyd' }).click()
    await dialog.waitFor({ state: 'detached' })
    await cyds.page.getByText('You are no longer in this group.').waitFor()
    await cyds.composer.waitFor({ state: 'detached' })
    await bobs.log.getByText('Ana removed Cyd').waitFor()
    await bobs.say('Only for those who stay')
    await anas.message('Only for those who stay').waitFor()
    expect(await cyds.message('Only for those who stay').count()).toBe(0)
  })

  it('asks before one leaves, and tells the others', async () => {
    await bobs.button('More').click()
    await bobs.page.getByRole('menuitem', { name: 'Leave group' }).click()
    const dialog = bobs.dialog('Leave “Trip to the sea”?')
    await dialog.getByRole('button', { name: 'Leave group' }).click()
    await dialog.waitFor({ state: 'detached' })
    await anas.log.getByText('Bob left').waitFor()
    await anas.page.getByRole('region', { name: 'Trip' }).getByText('1 member').waitFor()
    await bobs.row('Trip to the sea').getByText('You are no longer in this group').waitFor()
  })
})
