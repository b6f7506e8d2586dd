import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import type { ContactChange } from '../../durable-objects/user/contacts.ts'
import type { Contact } from '../../protocol/objects.ts'
import { sync, TestDevice, value } from './support.ts'

/** People with accounts, without the detour of signing up. */
export async function accounts<Names extends string[]>(
  ...names: Names
): Promise<{ [Index in keyof Names]: Profile }> {
  const made = names.map((name): Profile => {
    const userId = `${name}-${crypto.randomUUID()}`
    return { userId, handle: handleOf(userId), name, image: null, receipts: true }
  })
  const insert = env.DB.prepare('INSERT INTO user (id, name, email, username) VALUES (?, ?, ?, ?)')
  await env.DB.batch(
    made.map(({ userId, name, handle }) =>
      insert.bind(userId, name, `${userId}@example.com`, handle),
    ),
  )
  return made as { [Index in keyof Names]: Profile }
}

function handleOf(userId: string): string {
  return userId.replaceAll(/[^a-z0-9]/g, '_').slice(0, 24)
}

export async function change(who: Profile, what: ContactChange, other: Profile): Promise<Contact> {
  return value(await userStub(env, who.userId).changeContact(what, other.userId))
}

export async function befriend(one: Profile, other: Profile): Promise<void> {
  await change(one, 'ask', other)
  await change(other, 'ask', one)
}

/** What `other` is to `who`, as a device that was just reset has it; `none` for nobody. */
export async function stateFor(who: Profile, other: Profile): Promise<string> {
  const { contacts } = await sync(who, 0)
  return contacts.find(({ user }) => user.userId === other.userId)?.state ?? 'none'
}

export async function fireAlarm<Who extends { userId: string }>(who: Who): Promise<boolean> {
  return await runDurableObjectAlarm(userStub(env, who.userId))
}

/** The clock of all objects, ahead of the real one by `ms`; until the mocks are restored. */
export function clockAhead(ms: number): void {
  const realNow = performance.timeOrigin
  vi.spyOn(Date, 'now').mockImplementation(() => Math.floor(realNow + performance.now()) + ms)
}

export async function alarmOf(who: Profile): Promise<number | null> {
  return await runInDurableObject(userStub(env, who.userId), (_, ctx) => ctx.storage.getAlarm())
}

/** A device of `who` that shows `others`, and has been told of all of them. */
export async function watching(
  who: Profile,
  others: Profile[],
  deviceId = 'device',
): Promise<TestDevice> {
  const device = await TestDevice.connect(who, 0, deviceId)
  device.send({ t: 'watch', ref: 'watch', userIds: others.map(({ userId }) => userId) })
  await device.answer('watch')
  return device
}

/** What a device was told of somebody's presence, in order. */
export function toldOf(device: TestDevice, who: Profile): unknown[] {
  return device.frames
    .filter(({ t, userId }) => t === 'presence' && userId === who.userId)
    .map(({ status }) => status)
}

export async function presenceOf(reader: Profile, who: Profile): Promise<string | null> {
  const [presence] = value(await userStub(env, reader.userId).presenceOf([who.userId], false))
  return presence?.status ?? null
}
