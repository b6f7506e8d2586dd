import { useState } from 'preact/hooks'
import { chooseLanguage, chosenLanguage, LANGUAGES } from '../../language/language.ts'
import { chooseTheme, theme, THEMES } from '../../state/theme.ts'
import { laterText } from '../../later-text.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { Choice } from './choice.tsx'

/** Stands for what the browser or the system asks for. */
const AUTO = 'auto'

/** How the page looks and speaks, in this browser. */
export function Appearance() {
  const [failed, setFailed] = useState(false)
  const words = laterText.settings
  const names = Object.fromEntries(LANGUAGES.map(({ tag, name }) => [tag, name]))

  return (
    <section aria-labelledby="settings-appearance">
      <h2 id="settings-appearance">{words.appearance}</h2>
      <div class="choices">
        <Choice
          label={words.theme}
          value={theme.value}
          options={THEMES}
          names={words.themes}
          onChoose={chooseTheme}
        />
        <Choice
          id="settings-language"
          label={words.language}
          value={chosenLanguage.value ?? AUTO}
          options={[AUTO, ...LANGUAGES.map(({ tag }) => tag)]}
          names={{ ...names, [AUTO]: words.languageOfBrowser }}
          onChoose={async (tag) => setFailed(!(await chooseLanguage(tag === AUTO ? null : tag)))}
        />
        <ErrorLine error={failed ? text.errors.network : null} />
      </div>
    </section>
  )
}
