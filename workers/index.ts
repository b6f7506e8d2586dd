import { app } from './app.ts'
import { takePushes } from './push/queue.ts'
import { sweep } from './sweep.ts'

export { ChannelObject } from '../durable-objects/channel/channel-object.ts'
export { UserObject } from '../durable-objects/user/user-object.ts'

export default {
  fetch: app.fetch,
  queue: takePushes,
  async scheduled({ scheduledTime }, env) {
    const gone = await sweep(env, scheduledTime)
    if (gone.sessions + gone.verifications > 0) console.log('sweep', JSON.stringify(gone))
  },
} satisfies ExportedHandler<Env>
