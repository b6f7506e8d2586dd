import { useEffect } from 'preact/hooks'
import { route } from '../../router.ts'
import { isKnownBrowser, rememberInvite } from '../../state/session.ts'
import { ForgotPassword } from './forgot-password.tsx'
import { LogIn } from './log-in.tsx'
import { SignUp } from './sign-up.tsx'

/** What somebody sees who is not logged in. */
export function AccountScreens() {
  const now = route.value
  const code = now.name === 'join' ? now.code : null
  useEffect(() => {
    if (code !== null) rememberInvite(code)
  }, [code])

  switch (now.name) {
    case 'signUp':
      return <SignUp />
    case 'forgot':
      return <ForgotPassword />
    case 'home':
    case 'join':
      return isKnownBrowser() ? <LogIn /> : <SignUp />
    default:
      // Somebody who followed a link into a chat has been here before.
      return <LogIn />
  }
}
