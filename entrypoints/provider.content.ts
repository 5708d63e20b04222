import { defineContentScript } from 'wxt/utils/define-content-script'
import { announce, receivePort } from '../src/page/announce.ts'
import { isProviderPlace } from '../src/page/placement.ts'
import { createProvider } from '../src/page/provider.ts'

/** MAIN world: `window.routstr`. Holds no authority and no secret. */
export default defineContentScript({
  matches: ['https://*/*', 'http://localhost/*', 'http://127.0.0.1/*'],
  runAt: 'document_start',
  world: 'MAIN',
  allFrames: true,
  matchOriginAsFallback: true,
  main() {
    if (isProviderPlace(window)) receivePort(document, (port) => announce(window, createProvider(port)))
  },
})
