import type { ComponentChildren } from 'preact'
import type { useSpan } from './use-span.ts'

interface Props {
  span: ReturnType<typeof useSpan>
  children: ComponentChildren
}

/** The part of a chat that is on the page, between gaps as high as the rest. */
export function LogRows({ span, children }: Props) {
  return (
    <>
      <div class="timeline-gap" style={{ height: `${span.gapAbove}px` }} />
      <div ref={span.rows} class="timeline-rows">
        {children}
      </div>
      <div class="timeline-gap" style={{ height: `${span.gapBelow}px` }} />
    </>
  )
}
