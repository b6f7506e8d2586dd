import { language } from './language/language.ts'
import { Shell } from './screens/shell.tsx'
import { route } from './router.ts'
import { session } from './state/session.ts'
import { later } from './ui/later.tsx'
import { WaitingContent } from './ui/waiting.tsx'

const AccountScreens = later(
  async () => (await import('./screens/account/account-screens.tsx')).AccountScreens,
  WaitingContent,
)
const ResetPassword = later(
  async () => (await import('./screens/account/reset-password.tsx')).ResetPassword,
  WaitingContent,
)

export function App() {
  return <Screens key={language.value} />
}

function Screens() {
  if (route.value.name === 'reset') return <ResetPassword token={route.value.token} />
  return session.value.state === 'in' ? <Shell /> : <AccountScreens />
}
