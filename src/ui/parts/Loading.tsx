/** Grey shapes of what comes. Visible only when it takes longer than a blink, so nothing flickers. */
export function Loading({ rows = 3 }: { rows?: number }) {
  return (
    <div class="loading" role="status" data-testid="loading">
      <span class="only-spoken">Loading</span>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} class={`bone bone-${(index % 3) + 1}`} />
      ))}
    </div>
  )
}
