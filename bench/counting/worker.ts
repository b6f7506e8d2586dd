import worker, {
  ChannelObject as ProductChannelObject,
  UserObject as ProductUserObject,
} from '../../workers/index.ts'
import { watchTimers } from './awake.ts'
import { bytesByKind, counts, reset } from './counts.ts'
import { watchBindings, watchClass, watchFetch, watchStorage } from './watch.ts'

/** The product's Worker, which also counts what of it Cloudflare would bill. For the bench only. */

watchTimers()
watchFetch()
watchClass('channel', ProductChannelObject.prototype)
watchClass('user', ProductUserObject.prototype)

export class ChannelObject extends ProductChannelObject {
  constructor(ctx: DurableObjectState, env: Env) {
    watchStorage(ctx.storage)
    watchBindings(env)
    super(ctx, env)
  }
}

export class UserObject extends ProductUserObject {
  constructor(ctx: DurableObjectState, env: Env) {
    watchStorage(ctx.storage)
    watchBindings(env)
    super(ctx, env)
  }
}

export default {
  async queue(batch, env): Promise<void> {
    watchBindings(env)
    counts.consumerInvocations++
    await worker.queue(batch, env)
  },
  async fetch(request, env, ctx): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/counts') return Response.json({ counts, bytes: bytesByKind() })
    if (pathname === '/counts/reset') {
      reset()
      return Response.json({ counts, bytes: bytesByKind() })
    }
    if (pathname === '/counts/databases') return Response.json(await databaseBytes(env))
    watchBindings(env)
    counts.workerRequests++
    return await worker.fetch(request, env, ctx)
  },
} satisfies ExportedHandler<Env>

/** Bytes of the main database and of the archive. */
async function databaseBytes(env: Env): Promise<{ main: number; archive: number }> {
  const [main, archive] = await Promise.all(
    [env.DB, env.ARCHIVE_0].map(async (database) => {
      const { meta } = await database.prepare('SELECT 1').run()
      return meta.size_after
    }),
  )
  return { main: main ?? 0, archive: archive ?? 0 }
}
