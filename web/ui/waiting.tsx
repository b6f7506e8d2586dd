import { text } from '../text.ts'

export interface WaitingProps {
  failed: boolean
}

/** In the place of a screen: its outline. */
export function WaitingContent(props: WaitingProps) {
  return (
    <section class="content" aria-busy={!props.failed}>
      <header class="conversation-head">
        <h1 class="visually-hidden">{text.waiting.loading}</h1>
        {!props.failed && <span class="skeleton skeleton-line" aria-hidden="true" />}
      </header>
      <div class="settings">{props.failed ? <Failed /> : <Outline />}</div>
    </section>
  )
}

/** In the place of a column beside the conversation, or of what is in the list. */
export function WaitingColumn(props: WaitingProps) {
  return (
    <section class="details waiting-column" aria-busy={!props.failed}>
      {props.failed ? <Failed /> : <Outline />}
    </section>
  )
}

/** For a dialog or a menu, in whose place nothing stands: a thin bar at the top, once that takes a while. */
export function WaitingBar(props: WaitingProps) {
  if (!props.failed) return <div class="connection-bar waiting-bar" role="presentation" />
  return (
    <div class="waiting-note">
      <Failed />
    </div>
  )
}

function Outline() {
  return (
    <div class="waiting-outline" role="status" aria-label={text.waiting.loading}>
      {[1, 2, 3, 4].map((line) => (
        <span key={line} class="skeleton skeleton-line" aria-hidden="true" />
      ))}
    </div>
  )
}

/** Loading the page anew is the way on: a browser does not try the same import twice. */
function Failed() {
  return (
    <p role="alert">
      {text.waiting.failed}{' '}
      <button type="button" class="text-button" onClick={() => location.reload()}>
        {text.chats.reload}
      </button>
    </p>
  )
}
