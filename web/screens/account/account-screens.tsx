import { route } from '../../router.ts'
import { isKnownBrowser } from '../../state/session.ts'
import { ForgotPassword } from './forgot-password.tsx'
import { LogIn } from './log-in.tsx'
import { SignUp } from './sign-up.tsx'

/** What somebody sees who is not logged in. */
export function AccountScreens() {
  switch (route.value.name) {
    case 'signUp':
      return <SignUp />
    case 'forgot':
      return <ForgotPassword />
    case 'home':
      return isKnownBrowser() ? <LogIn /> : <SignUp />
    default:
      // Somebody who followed a link into a chat has been here before.
      return <LogIn />
  }
}
