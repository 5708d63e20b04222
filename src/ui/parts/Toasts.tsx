import { X } from 'lucide-preact'
import { dismiss, toasts } from './toasts.ts'

/** Always in the tree, so that screen readers announce what appears in it. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <div class="toast" key={toast.id} data-testid="toast">
          <span>{toast.text}</span>
          {toast.undo !== null && (
            <button
              type="button"
              class="link"
              onClick={() => {
                toast.undo?.()
                dismiss(toast.id)
              }}
            >
              Undo
            </button>
          )}
          <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => dismiss(toast.id)}>
            <X size={16} />
          </button>
        </div>
      ))}
    </div>
  )
}
