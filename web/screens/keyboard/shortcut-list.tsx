import { laterText } from '../../later-text.ts'

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)
const CONTROL = isApple ? '⌘' : 'Ctrl'

/** Every shortcut of the page, and what it does. */
export function ShortcutList() {
  const words = laterText.keyboard
  const shortcuts: [keys: string[], does: string][] = [
    [[CONTROL, 'K'], words.palette],
    [[CONTROL, 'F'], words.search],
    [['?'], words.help],
    [['Esc'], words.back],
    [['↑', '↓'], words.move],
    [['Enter'], words.send],
    [['Shift', 'Enter'], words.line],
    [['↑'], words.editLast],
    [[CONTROL, 'B'], words.bold],
    [[CONTROL, 'I'], words.italic],
    [[CONTROL, 'E'], words.code],
    [['@'], words.mention],
    [[':'], words.emoji],
    [['Shift', 'F10'], words.menu],
  ]
  const formats: [written: string, does: string][] = [
    ['**…**', words.bold],
    ['_…_', words.italic],
    ['~~…~~', words.struck],
    ['`…`', words.code],
    ['```', words.block],
  ]
  return (
    <>
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
      <h3 class="shortcuts-title">{words.formatting}</h3>
      <dl class="shortcuts">
        {formats.map(([written, does]) => (
          <div key={written}>
            <dt>{does}</dt>
            <dd>
              <code>{written}</code>
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}
