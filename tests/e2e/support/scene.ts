import { randomUUID } from 'node:crypto'
import type { Message } from '../../../protocol/objects.ts'
import { Person } from './person.ts'

/** What somebody finds who has used the page for a while: something of every kind. */
export interface Scene {
  ana: Person
  bob: Person
  dmId: string
  groupId: string
  leftGroupId: string
  notesId: string
  /** A DM with somebody who has blocked Ana, and one with somebody whom she has blocked. */
  refusingId: string
  blockedId: string
  inviteCode: string
  /** Of the group: the first message, one of her own, one of Bob's. */
  first: Message
  own: Message
  theirs: Message
}

export async function setScene(url: string): Promise<Scene> {
  const names = ['ana', 'bob', 'cleo', 'dora', 'emil', 'finn']
  const people = await Promise.all(names.map((name) => Person.signUp(url, name)))
  const [ana, bob, cleo, dora, emil, finn] = people as [
    Person,
    Person,
    Person,
    Person,
    Person,
    Person,
  ]
  await done(ana, 'PATCH', '/v1/me', { name: 'Ana Duarte', bio: 'Maps, bread and lakes.' })
  await done(bob, 'PATCH', '/v1/me', { name: 'Bob Lindqvist', bio: 'A few lines.\nAnd one more.' })
  await done(cleo, 'PATCH', '/v1/me', { name: 'Cleo Maximiliane Okafor-Featherstonehaugh' })

  // Contacts of every state.
  await done(ana, 'PUT', `/v1/contacts/${bob.userId}`)
  await done(bob, 'PUT', `/v1/contacts/${ana.userId}`)
  await done(ana, 'PUT', `/v1/contacts/${cleo.userId}`)
  await done(dora, 'PUT', `/v1/contacts/${ana.userId}`)

  const dm = await bob.openDm(ana)
  await bob.send(dm.channelId, 'Morning! Did the parcel come?')
  await ana.send(dm.channelId, 'It did, an hour ago.')
  await bob.send(dm.channelId, 'مرحبا، أراك في السادسة')

  const group = await ana.makeGroup('Hut by the lake', [bob, cleo])
  const path = `/v1/channels/${group.channelId}`
  await done(ana, 'PUT', `${path}/members/${cleo.userId}`, { role: 'admin' })
  const first = await cleo.send(group.channelId, 'I found a hut by the lake.')
  const own = await ana.send(group.channelId, `A long one: ${'we bring tea and bread '.repeat(12)}`)
  const theirs = await reply(bob, group.channelId, `@${ana.handle} and the chess board?`, own)
  await done(bob, 'PUT', `${path}/messages/${own.messageId}/reactions/${encodeURIComponent('👍')}`)
  await done(
    ana,
    'PUT',
    `${path}/messages/${theirs.messageId}/reactions/${encodeURIComponent('🎉')}`,
  )
  const edited = await ana.send(group.channelId, 'And the chess bord.')
  await done(ana, 'PATCH', `${path}/messages/${edited.messageId}`, { text: 'And the chess board.' })
  const deleted = await bob.send(group.channelId, 'Nonsense')
  await done(bob, 'DELETE', `${path}/messages/${deleted.messageId}`)
  await done(ana, 'POST', `${path}/invites`, { maxUses: 10, expiresAt: Date.now() + 86_400_000 })

  const left = await bob.makeGroup('Long ago', [ana])
  await done(ana, 'DELETE', `/v1/channels/${left.channelId}/members/${ana.userId}`)

  const other = await bob.makeGroup('Chess on Sundays', [])
  const { invite } = (await done(bob, 'POST', `/v1/channels/${other.channelId}/invites`, {})) as {
    invite: { code: string }
  }

  const refusing = await ana.openDm(emil)
  await done(emil, 'PUT', `/v1/blocks/${ana.userId}`)
  const blocked = await ana.openDm(finn)
  await done(ana, 'PUT', `/v1/blocks/${finn.userId}`)
  const notes = await ana.openDm(ana)
  await ana.logInAgain()

  return {
    ana,
    bob,
    dmId: dm.channelId,
    groupId: group.channelId,
    leftGroupId: left.channelId,
    notesId: notes.channelId,
    refusingId: refusing.channelId,
    blockedId: blocked.channelId,
    inviteCode: invite.code,
    first,
    own,
    theirs,
  }
}

async function reply(person: Person, channelId: string, text: string, to: Message) {
  const body = { clientId: randomUUID(), text, replyTo: to.messageId }
  const answer = await done(person, 'POST', `/v1/channels/${channelId}/messages`, body)
  return (answer as { message: Message }).message
}

async function done(person: Person, method: string, path: string, body?: unknown) {
  const answer = await person.call(method, path, body)
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`)
  return answer.body
}
