import { pushJobSchema } from '../../protocol/push.ts'
import { settingsOf } from '../../workers/config.ts'
import worker from '../../workers/index.ts'
import { webPush } from '../../workers/push/web-push.ts'

/** The product's Worker, which can also be told from outside which pushes to make. For the bench only. */

export { ChannelObject, UserObject } from '../../workers/index.ts'

/** As many as the queue takes at once. */
const BATCH = 100

export default {
  queue: worker.queue,
  /**
   * `POST /jobs?count=N` puts that many copies of the job in the body on the queue, each for an endpoint and
   * a device of its own. `POST /encrypt?count=N` makes N pushes of it and sends none.
   */
  async fetch(request, env, context): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname !== '/jobs' && pathname !== '/encrypt') {
      return await worker.fetch(request, env, context)
    }
    const job = pushJobSchema.parse(await request.json())
    const { address } = job
    if (address.kind !== 'webpush') return new Response(null, { status: 400 })
    const { subscription } = address
    const count = Number(searchParams.get('count'))
    if (pathname === '/encrypt') {
      const { push } = settingsOf(env)
      const settings = { vapid: push.vapid, hosts: push.hosts, topicKey: env.CHANNEL_KEY }
      const send = async (): Promise<Response> => new Response(null, { status: 201 })
      const provider = webPush(settings, { send, timeoutMs: 10_000 })
      for (let i = 0; i < count; i++) await provider.send(address, job, 60)
      return new Response(null, { status: 204 })
    }
    for (let done = 0; done < count; done += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, count - done) }, (_, i) => {
        const endpoint = `${subscription.endpoint}/${done + i}`
        const own = { kind: 'webpush', subscription: { ...subscription, endpoint } }
        return { body: { ...job, deviceId: `device-${done + i}`, address: own } }
      })
      await env.PUSH.sendBatch(batch)
    }
    return new Response(null, { status: 204 })
  },
} satisfies ExportedHandler<Env>
