import { language } from './language/language.ts'
import { AccountScreens } from './screens/account/account-screens.tsx'
import { ResetPassword } from './screens/account/reset-password.tsx'
import { Shell } from './screens/shell.tsx'
import { route } from './router.ts'
import { session } from './state/session.ts'

export function App() {
  return <Screens key={language.value} />
}

function Screens() {
  if (route.value.name === 'reset') return <ResetPassword token={route.value.token} />
  return session.value.state === 'in' ? <Shell /> : <AccountScreens />
}
