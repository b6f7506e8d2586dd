import './jitless.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/account.css'
import './styles/shell.css'
import './styles/chats.css'
import './styles/timeline.css'
import './styles/composer.css'
import './styles/dialogs.css'
import './styles/panels.css'
import './styles/conversation.css'
import './styles/search.css'
import './styles/people.css'
import './styles/keyboard.css'
import { render } from 'preact'
import { App } from './app.tsx'
import { startLanguage } from './language/language.ts'
import { tellActive } from './state/active.ts'
import { keepPage } from './state/keep-page.ts'
import { startSession } from './state/session.ts'
import { keepFocus } from './ui/keep-focus.ts'

tellActive()
startSession()
await startLanguage()
keepFocus()
const root = document.getElementById('app')
if (root !== null) render(<App />, root)
keepPage()
