/** What went wrong, said at once by assistive technology. Always there, so that it is noticed to fill. */
export function ErrorLine({ error }: { error: string | null }) {
  return (
    <p class="error-line" role="alert">
      {error}
    </p>
  )
}
