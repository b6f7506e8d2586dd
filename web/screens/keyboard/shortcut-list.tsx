import { text } from '../../text.ts'

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)
const CONTROL = isApple ? '⌘' : 'Ctrl'

/** Every shortcut of the page, and what it does. */
export function ShortcutList() {
  const words = text.keyboard
  const shortcuts: [keys: string[], does: string][] = [
    [[CONTROL, 'K'], words.palette],
    [[CONTROL, 'F'], words.search],
    [['?'], words.help],
    [['Esc'], words.back],
    [['↑', '↓'], words.move],
    [['Enter'], words.send],
    [['Shift', 'Enter'], words.line],
    [['↑'], words.editLast],
    [['@'], words.mention],
    [['Shift', 'F10'], words.menu],
  ]
  return (
    <dl class="shortcuts">
      {shortcuts.map(([keys, does]) => (
        <div key={does}>
          <dt>{does}</dt>
          <dd>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  )
}
