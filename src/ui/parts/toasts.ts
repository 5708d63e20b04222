/** Short messages about something that was done. They leave by themselves; nothing important is said only here. */
import { signal } from '@preact/signals'

export interface Toast {
  readonly id: number
  readonly text: string
  readonly undo: (() => void) | null
}

export const toasts = signal<readonly Toast[]>([])
let nextId = 1
const LIFE_MS = 6000

export function say(text: string, undo: (() => void) | null = null): void {
  const id = nextId++
  toasts.value = [...toasts.value.slice(-2), { id, text, undo }]
  setTimeout(() => dismiss(id), LIFE_MS)
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}
