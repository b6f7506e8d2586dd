/*
 * The theme that was chosen, before anything is drawn: a page that becomes dark a moment later is a flash.
 * A script of its own, since the page's is too late and its Content-Security-Policy takes none inline.
 * web/state/theme.ts tells it of a change.
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

  const kept = () => {
    try {
      return localStorage.getItem('parley.theme')
    } catch {
      // Storage is off: then the system decides.
      return null
    }
  }

  show(kept())
  addEventListener('parley:theme', (event) => show(event.detail))
  // Another window of this browser has chosen.
  addEventListener('storage', () => show(kept()))
}
