import { expect, it } from 'vitest'
import { describeInBrowser, picture } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'

describeInBrowser('two people, by the page', (windows) => {
  const [ana, bob] = [newcomer('Ana'), newcomer('Bob')]
  let anas: ChatWindow
  let bobs: ChatWindow

  const online = (window: ChatWindow, name: string) =>
    window.row(name).getByRole('img', { name: 'Online' })
  const section = (window: ChatWindow, name: string) =>
    window.page.getByRole('list', { name, exact: true }).getByRole('listitem')
  const openPeople = async (window: ChatWindow) => {
    await window.page.getByRole('link', { name: /^People/ }).click()
    await window.title('People').waitFor()
  }

  it('one finds the other and asks to be friends, who sees that and accepts', async () => {
    ;[anas, bobs] = [await windows.open(), await windows.open()]
    await anas.signUp(ana)
    await bobs.signUp(bob)
    await openPeople(anas)
    await anas.button('Find someone').click()
    const dialog = anas.dialog('Find someone by handle')
    const field = dialog.getByRole('textbox', { name: 'Handle' })
    await field.fill(`@${bob.handle.slice(0, -1)}`)
    const found = dialog.getByRole('list', { name: 'People found' }).getByRole('listitem')
    await found.filter({ hasText: `@${bob.handle}` }).waitFor()
    await picture(anas, 'find-by-prefix')
    await field.fill('nobody_at_all_here')
    await found.waitFor({ state: 'detached' })
    await field.fill(`@${bob.handle}`)
    await dialog.getByRole('button', { name: 'Find', exact: true }).click()
    await dialog.getByRole('link', { name: 'Bob' }).click()
    await anas.title('Profile').waitFor()
    await anas.button('Ask to be friends').click()
    await anas.page.getByText('You have asked to be friends.').waitFor()

    await bobs.page.getByRole('link', { name: 'People, 1 request' }).click()
    await section(bobs, 'Want to be friends').filter({ hasText: 'Ana' }).waitFor()
    await bobs.button('Accept').click()
    await section(bobs, 'Friends').filter({ hasText: 'Ana' }).waitFor()
    await anas.page.getByText('You are friends.').waitFor()
    await anas.page.getByRole('region', { name: 'Bob' }).getByText('Online').waitFor()
    await picture(anas, 'person-friend')
    await picture(bobs, 'people-friend')
  })

  it('they see each other come and go, in the list and over the conversation', async () => {
    await anas.button('Message').click()
    await anas.title('Bob').waitFor()
    await anas.say('There you are')
    await online(anas, 'Bob').waitFor()
    await bobs.openChat('Ana')
    await bobs.message('There you are').waitFor()
    await online(bobs, 'Ana').waitFor()
    const head = anas.title('Bob').locator('..')
    await head.getByText('Online', { exact: true }).waitFor()

    await bobs.logOut()
    await head.getByText(/^Last seen at/).waitFor()
    await online(anas, 'Bob').waitFor({ state: 'detached' })
    await bobs.logIn(bob.handle)
    await head.getByText('Online', { exact: true }).waitFor()
    await online(anas, 'Bob').waitFor()
    await picture(anas, 'presence-dm')
  })

  it('one changes name and picture line, and the other sees it without loading anew', async () => {
    await bobs.page.getByRole('link', { name: 'Settings' }).click()
    await bobs.page.getByRole('textbox', { name: 'Name' }).fill('Bob Lind')
    await bobs.page.getByRole('textbox', { name: 'About me' }).fill('Maps and bread.')
    await bobs.button('Save profile').click()
    await bobs.page.getByText('Your profile is saved.').waitFor()
    await picture(bobs, 'settings-profile')
    await anas.title('Bob Lind').waitFor()
    await anas.row('Bob Lind').waitFor()
    await anas.button('More').click()
    await anas.page.getByRole('menuitem', { name: 'Profile' }).click()
    await anas.page.getByText('Maps and bread.').waitFor()
  })

  it('one hides, and neither sees the other', async () => {
    await online(bobs, 'Ana').waitFor()
    await bobs.page
      .getByRole('combobox', { name: 'Who sees when you are online' })
      .selectOption('Nobody')
    await online(anas, 'Bob Lind').waitFor({ state: 'detached' })
    await online(bobs, 'Ana').waitFor({ state: 'detached' })
    await bobs.page
      .getByRole('combobox', { name: 'Who sees when you are online' })
      .selectOption('Friends')
    await online(anas, 'Bob Lind').waitFor()
    await online(bobs, 'Ana').waitFor()
  })

  it('one blocks: the other cannot write, neither is seen, and unblocking opens it again', async () => {
    await anas.button('Block…').click()
    const dialog = anas.dialog('Block Bob Lind?')
    await picture(anas, 'block')
    await dialog.getByRole('button', { name: 'Block Bob Lind' }).click()
    await anas.page.getByText('You have blocked this person.').waitFor()
    await online(anas, 'Bob Lind').waitFor({ state: 'detached' })
    await online(bobs, 'Ana').waitFor({ state: 'detached' })
    await anas.openChat('Bob Lind')
    await anas.page.getByText('You have blocked Bob Lind.').waitFor()
    expect(await anas.composer.count()).toBe(0)
    await picture(anas, 'blocked-dm')

    await bobs.openChat('Ana')
    await bobs.say('Are you there?')
    await bobs.page.getByText('This person does not take messages from you.').waitFor()
    await openPeople(anas)
    await section(anas, 'Blocked').filter({ hasText: 'Bob Lind' }).waitFor()
    await anas.button('Unblock').click()
    await section(anas, 'Blocked').waitFor({ state: 'detached' })
    await bobs.button('Try again').click()
    await anas.openChat('Bob Lind')
    await anas.message('Are you there?').waitFor()
  })

  it('in a group that both are in, what the blocked one writes is hidden until one asks', async () => {
    await bobs.start('New group')
    const dialog = bobs.dialog('New group')
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Trip')
    const people = dialog.getByRole('textbox', { name: 'People' })
    await people.fill(`@${ana.handle}`)
    await people.press('Enter')
    await dialog.getByRole('button', { name: 'Remove Ana' }).waitFor()
    await dialog.getByRole('button', { name: 'Create group' }).click()
    await bobs.title('Trip').waitFor()
    await anas.openChat('Trip')
    await bobs.say('For everybody')
    await anas.message('For everybody').waitFor()

    await anas.openChat('Bob Lind')
    await anas.button('More').click()
    await anas.page.getByRole('menuitem', { name: 'Profile' }).click()
    await anas.button('Block…').click()
    await anas.dialog('Block Bob Lind?').getByRole('button', { name: 'Block Bob Lind' }).click()
    await anas.openChat('Trip')
    await anas.log.getByText('A message of someone you have blocked.').waitFor()
    expect(await anas.message('For everybody').count()).toBe(0)
    await anas.button('Show').click()
    await anas.message('For everybody').waitFor()
    await anas.say('I am here as well')
    await bobs.message('I am here as well').waitFor()
  })

  it('whoever takes only friends is not added to a group by others', async () => {
    await anas.page.getByRole('link', { name: 'Settings' }).click()
    const choice = anas.page.getByRole('combobox', { name: 'Who may add you to groups' })
    await choice.selectOption('Friends')
    await anas.page.reload()
    await anas.page.getByRole('combobox', { name: 'Who may add you to groups' }).waitFor()
    expect(await choice.inputValue()).toBe('friends')
  })
})
