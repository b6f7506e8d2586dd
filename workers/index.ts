import { app } from './app.ts'

export { ChannelObject } from '../durable-objects/channel/channel-object.ts'
export { UserObject } from '../durable-objects/user/user-object.ts'

export default { fetch: app.fetch } satisfies ExportedHandler<Env>
