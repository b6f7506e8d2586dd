import { userStub } from '../../durable-objects/shared/stubs.ts'
import { addressKey } from '../../protocol/push.ts'
import { settingsOf } from '../config.ts'
import { consumePushes } from './consume.ts'
import { logCounts } from './counts.ts'
import { fcm } from './fcm.ts'
import type { PushProviders } from './provider.ts'
import { webPush } from './web-push.ts'

/** The queue `parley-push`: takes a batch of jobs that user objects put there. */
export async function takePushes(batch: MessageBatch, env: Env): Promise<void> {
  const start = Date.now()
  const counts = await consumePushes(batch.messages, {
    providers: providersOf(env),
    dropAddress: async ({ userId, deviceId, address }) => {
      await userStub(env, userId).dropPush(deviceId, addressKey(address))
    },
    isOver: async ({ userId, channelId, messageId, createdAt }) =>
      await userStub(env, userId).isPushOver(channelId, messageId, createdAt),
  })
  logCounts(counts, Date.now() - start)
}

/** Kept for as long as the isolate lives, and with them their signed tokens. */
const providers = new WeakMap<Env, PushProviders>()

function providersOf(env: Env): PushProviders {
  const known = providers.get(env)
  if (known !== undefined) return known
  const { push } = settingsOf(env)
  const made: PushProviders = {
    webpush: webPush({ vapid: push.vapid, hosts: push.hosts, topicKey: env.CHANNEL_KEY }),
    fcm: push.fcm && fcm({ account: push.fcm, topicKey: env.CHANNEL_KEY }),
  }
  providers.set(env, made)
  return made
}
