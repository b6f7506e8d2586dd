import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { fail } from '../protocol/errors.ts'
import type { AppEnv } from './context.ts'
import { logError } from './log.ts'
import { setHeaders } from './middleware/headers.ts'
import { limitBody } from './middleware/limit-body.ts'
import { requireSettings } from './middleware/require-settings.ts'
import { describeApi } from './openapi.ts'
import { problem } from './problem.ts'
import { createRouter } from './router.ts'
import { authRoutes } from './routes/auth.ts'
import { channelSettingRoutes } from './routes/channel-settings.ts'
import { channelRoutes } from './routes/channels.ts'
import { confirmPasswordRoutes } from './routes/confirm-password.ts'
import { contactRoutes } from './routes/contacts.ts'
import { deviceRoutes } from './routes/devices.ts'
import { discoverRoutes } from './routes/discover.ts'
import { exportRoutes } from './routes/export.ts'
import { healthRoutes } from './routes/health.ts'
import { inviteRoutes } from './routes/invites.ts'
import { memberRoutes } from './routes/members.ts'
import { messageRoutes } from './routes/messages.ts'
import { operatorRoutes } from './routes/operator.ts'
import { pushRoutes } from './routes/push.ts'
import { reactionRoutes } from './routes/reactions.ts'
import { searchRoutes } from './routes/search.ts'
import { presenceRoutes } from './routes/presence.ts'
import { settingsRoutes } from './routes/settings.ts'
import { socketRoutes } from './routes/sockets.ts'
import { syncRoutes } from './routes/sync.ts'
import { ticketRoutes } from './routes/tickets.ts'
import { userRoutes } from './routes/users.ts'

/** The edge: what holds for every call, then one router for each part of the contract. */
export const app = createRouter()

app.use(setHeaders, requireSettings, limitBody)

app.route('/', healthRoutes)
app.route('/', discoverRoutes)
app.route('/', authRoutes)
app.route('/', ticketRoutes)
app.route('/', userRoutes)
app.route('/', confirmPasswordRoutes)
app.route('/', contactRoutes)
app.route('/', presenceRoutes)
app.route('/', settingsRoutes)
app.route('/', deviceRoutes)
app.route('/', pushRoutes)
app.route('/', channelRoutes)
app.route('/', channelSettingRoutes)
app.route('/', memberRoutes)
app.route('/', inviteRoutes)
app.route('/', messageRoutes)
app.route('/', reactionRoutes)
app.route('/', searchRoutes)
app.route('/', exportRoutes)
app.route('/', syncRoutes)
app.route('/', socketRoutes)
app.route('/', operatorRoutes)
describeApi(app)

app.notFound((c) => problem(c, fail('not_found', `there is no ${c.req.method} ${c.req.path}`)))
app.onError((error, c) => problem(c, failureOf(error, c)))

function failureOf(error: Error, c: Context<AppEnv>) {
  // What the validators throw: a body that is not JSON, or not declared to be.
  if (error instanceof HTTPException && error.status < 500) {
    const wrongType = error.status === 415
    return fail('invalid', wrongType ? 'the body must be application/json' : error.message)
  }
  logError(`${c.req.method} ${c.req.routePath}`, error)
  return fail('unavailable', 'something went wrong here; try again', 1)
}
