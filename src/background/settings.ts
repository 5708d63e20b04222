/** The settings, in memory for everybody who asks, saved before a change takes effect. */
import { safeAddress } from '../domain/network-address.ts'
import { DEFAULT_SETTINGS, type Settings } from '../domain/settings.ts'
import type { EngineStore } from '../engine/store.ts'

export interface SettingsKeeper {
  load(): Promise<void>
  current(): Settings
  /** @throws RoutstrError `unsafe_address` for a relay that is not wss:// (or loopback, with the developer switch) */
  change(changes: Partial<Settings>): Promise<void>
}

export function createSettingsKeeper(store: EngineStore, onChange: (before: Settings, after: Settings) => void): SettingsKeeper {
  let settings = DEFAULT_SETTINGS
  return {
    async load() {
      settings = { ...DEFAULT_SETTINGS, ...(await store.loadSettings()) }
    },
    current: () => settings,
    async change(changes) {
      const before = settings
      const after = { ...before, ...changes }
      const relays = after.relays.map((relay) => safeAddress(relay, { allowLoopback: after.developer }, 'wss:'))
      await store.saveSettings({ ...after, relays })
      settings = { ...after, relays }
      onChange(before, settings)
    },
  }
}
