/** Puts a screen into the page: its surroundings, the offline note, the toasts. */
import { type ComponentChild, render } from 'preact'
import './base.css'
import './controls.css'
import './surfaces.css'
import './overlays.css'
import { SurroundingsProvider, type Surroundings } from './context.ts'
import { Toasts } from './Toasts.tsx'

export function mount(screen: ComponentChild, surroundings: Surroundings, into: HTMLElement): () => void {
  render(
    <SurroundingsProvider value={surroundings}>
      {screen}
      <Toasts />
    </SurroundingsProvider>,
    into,
  )
  return () => render(null, into)
}
