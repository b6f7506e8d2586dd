import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { dmChannelId } from '../../durable-objects/shared/channel-id.ts'
import { channelOf, codeOf, item, person } from './support.ts'

it('a channel that was never created refuses everything and writes nothing, not even tables', async () => {
  const [ana, bob] = [person('ana'), person('bob')]
  const stub = channelOf(dmChannelId(env.CHANNEL_KEY, ana.userId, bob.userId))
  const [sent] = await stub.send(ana.userId, [item('anyone?')])
  const answers = [
    sent!,
    await stub.describe(ana.userId),
    await stub.history(ana.userId, { limit: 5 }),
    await stub.message(ana.userId, 1),
    await stub.read(ana.userId, 1, true),
    await stub.add(ana.userId, bob),
    await stub.remove(ana.userId, ana.userId),
    await stub.rename(ana.userId, 'x'),
    await stub.setRole(ana.userId, bob.userId, 'admin'),
    await stub.react(ana.userId, 1, '👍'),
    await stub.unreact(ana.userId, 1, '👍'),
    await stub.changeSettings(ana.userId, { hidden: true }),
    await stub.createInvite(ana.userId, { maxUses: null, expiresAt: null }),
    await stub.invites(ana.userId),
    await stub.revokeInvite(ana.userId, 'x'),
    await stub.lookAtInvite(ana.userId, 'x'),
    await stub.join(ana, 'x'),
  ]
  expect(answers.map(codeOf)).toEqual(answers.map(() => 'not_found'))
  await runInDurableObject(stub, async (instance, ctx) => {
    await instance.alarm()
    expect(ctx.storage.sql.exec('SELECT name FROM sqlite_master').toArray()).toEqual([])
    expect(await ctx.storage.getAlarm()).toBeNull()
  })
})
