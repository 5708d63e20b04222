/** Everything that happens when a document begins. */
import { announce, receivePort } from './announce.ts'
import { isProviderPlace } from './placement.ts'
import { createProvider } from './provider.ts'

export const install = (): void =>
  receivePort(document, (port) => {
    const provider = createProvider(port, () => announce(window, provider))
    if (isProviderPlace(window)) announce(window, provider)
  })
