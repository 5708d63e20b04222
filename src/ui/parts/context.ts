/** The one connection of a screen, handed down the tree. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { SiteAccess } from '../../domain/site-access.ts'
import type { UiClient } from '../../messaging/ui-client.ts'

export interface Surroundings {
  readonly client: UiClient
  /** Opens the options page in a tab, at a room of it. */
  readonly openOptions: (hash?: string) => void
  readonly siteAccess: SiteAccess
}

const SurroundingsContext = createContext<Surroundings | null>(null)
export const SurroundingsProvider = SurroundingsContext.Provider

export function useSurroundings(): Surroundings {
  const found = useContext(SurroundingsContext)
  if (found === null) throw new Error('a screen was drawn outside of mount()')
  return found
}
