import type { LucideIcon } from 'lucide-preact'
import { useId, useRef } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import './tabs.css'

export interface Tab<Name extends string> {
  readonly name: Name
  readonly title: string
  readonly icon: LucideIcon
}

/** One of several things to do: arrow keys move, the panel below belongs to the chosen one (WAI-ARIA tabs). */
export function Tabs<Name extends string>({
  label,
  tabs,
  chosen,
  onChoose,
  children,
}: {
  label: string
  tabs: readonly Tab<Name>[]
  chosen: Name
  onChoose: (name: Name) => void
  children: ComponentChildren
}) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const step = (by: number): void => {
    const at = tabs.findIndex(({ name }) => name === chosen)
    const next = tabs[(at + by + tabs.length) % tabs.length]
    if (next === undefined) return
    onChoose(next.name)
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.name}"]`)?.focus()
  }
  const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 }
  return (
    <div class="tabs">
      <div
        ref={list}
        class="tab-list"
        role="tablist"
        aria-label={label}
        onKeyDown={(event) => {
          const by = STEPS[event.key]
          if (by === undefined) return
          event.preventDefault()
          step(by)
        }}
      >
        {tabs.map(({ name, title, icon: Icon }) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}`}
            class="tab"
            aria-selected={name === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={name === chosen ? 0 : -1}
            data-tab={name}
            data-testid={`tab-${name}`}
            onClick={() => onChoose(name)}
          >
            <Icon size={17} />
            <span>{title}</span>
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} class="tab-panel" aria-labelledby={`${id}-${chosen}`}>
        {children}
      </div>
    </div>
  )
}
