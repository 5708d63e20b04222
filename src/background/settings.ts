/** The settings, in memory for everybody who asks, saved before a change takes effect. */
import { safeAddress } from '../domain/network-address.ts'
import type { Settings } from '../domain/settings.ts'
import type { EngineStore } from '../engine/store.ts'

export interface SettingsKeeper {
  /** On start, and whenever a worker wakes: another one on the same database may have changed them. */
  load(): Promise<void>
  current(): Settings
  /** @throws RoutstrError `unsafe_address` for a relay that is not wss:// (or loopback, with the developer switch) */
  change(changes: Partial<Settings>): Promise<void>
}

export function createSettingsKeeper(store: EngineStore, defaults: Settings, onChange: (before: Settings, after: Settings) => void): SettingsKeeper {
  let settings: Settings | null = null
  let turn: Promise<void> = Promise.resolve()

  /** One change after the other, each on what is saved by then: none undoes another. */
  function next(work: () => Promise<void>): Promise<void> {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done
  }

  function take(after: Settings): void {
    const before = settings
    settings = after
    if (before !== null && JSON.stringify(before) !== JSON.stringify(after)) onChange(before, after)
  }

  const saved = async (): Promise<Settings> => ({ ...defaults, ...(await store.loadSettings()) })

  return {
    load: () => next(async () => take(await saved())),
    current: () => settings ?? defaults,
    change: (changes) =>
      next(async () => {
        const after = { ...(await saved()), ...changes }
        const relays = after.relays.map((relay) => safeAddress(relay, { allowLoopback: after.developer }, 'wss:'))
        await store.saveSettings({ ...after, relays })
        take({ ...after, relays })
      }),
  }
}
