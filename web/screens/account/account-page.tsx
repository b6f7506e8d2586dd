import type { ComponentChildren } from 'preact'
import { text } from '../../text.ts'

interface Props {
  title: string
  children: ComponentChildren
}

/** The form on one side, and beside it, where there is room, a few bubbles to show what this is. */
export function AccountPage({ title, children }: Props) {
  return (
    <main class="account">
      <div class="account-form">
        <p class="wordmark">
          <img src="/favicon.svg" alt="" width="24" height="24" />
          {text.appName}
        </p>
        <h1>{title}</h1>
        {children}
      </div>
      <div class="account-side" aria-hidden="true">
        {text.sample.map((line, index) => (
          <div key={line} class={index === 1 ? 'group group-own' : 'group'}>
            <p class="bubble">{line}</p>
          </div>
        ))}
      </div>
    </main>
  )
}
