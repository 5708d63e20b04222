import type { LucideIcon } from 'lucide-preact'
import type { ComponentChildren } from 'preact'

/** Nothing there yet: what would be here, and the next step. */
export function Empty({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty" data-testid="empty">
      <span class="empty-icon">
        <Icon size={22} />
      </span>
      <p class="empty-title">{title}</p>
      <div class="empty-text">{children}</div>
    </div>
  )
}
