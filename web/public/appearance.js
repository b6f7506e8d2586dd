/*
 * The theme that was chosen, before anything is drawn: a page that becomes dark a moment later is a flash.
 * A script of its own, since the page's is too late and its Content-Security-Policy takes none inline.
 * web/state/theme.ts tells it of a change.
 *
 * It also asks for the words of the page's language at once, so that they are there when the page's script
 * is. It guesses as web/language/language.ts decides; a wrong guess costs a moment.
 */
{
  const COLOURS = { light: '#f4f3ef', dark: '#1b1d22' }

  const show = (theme) => {
    const chosen = theme === 'light' || theme === 'dark' ? theme : null
    const { dataset } = document.documentElement
    if (chosen === null) delete dataset.theme
    else dataset.theme = chosen
    document.querySelector('meta[name=color-scheme]').content = chosen ?? 'light dark'
    for (const meta of document.querySelectorAll('meta[name=theme-color]')) {
      meta.content = COLOURS[chosen ?? (meta.media.includes('dark') ? 'dark' : 'light')]
    }
  }

  const kept = (name) => {
    try {
      return localStorage.getItem(`parley.${name}`)
    } catch {
      // Storage is off: then the system decides.
      return null
    }
  }

  show(kept('theme'))
  addEventListener('parley:theme', (event) => show(event.detail))
  // Another window of this browser has chosen.
  addEventListener('storage', () => show(kept('theme')))

  const words = JSON.parse(document.currentScript.dataset.words)
  const tags = [kept('language') ?? '', ...navigator.languages].map((tag) => tag.split('-')[0])
  const link = document.createElement('link')
  link.rel = 'modulepreload'
  link.href = words[tags.find((tag) => tag in words) ?? 'en']
  document.head.append(link)
}
