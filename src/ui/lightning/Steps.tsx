/** Where something stands on its way; the present step is said aloud when it changes. */
export function Steps({ steps, at, over = false }: { steps: readonly string[]; at: number; over?: boolean }) {
  return (
    <div>
      <ol class="steps" aria-hidden="true">
        {steps.map((step, index) => (
          <li key={step} class={`step ${index < at ? 'past' : index > at ? '' : over ? 'end' : 'now'}`}>
            {step}
          </li>
        ))}
      </ol>
      <p class="only-spoken" role="status" data-testid="step">
        {steps[at]}
      </p>
    </div>
  )
}
