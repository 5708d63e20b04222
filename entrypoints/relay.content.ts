import { defineContentScript } from 'wxt/utils/define-content-script'
import { startRelay } from '../src/browser/relay.ts'
import { isProviderPlace } from '../src/page/placement.ts'

/** Isolated world: hands the port over and pipes. */
export default defineContentScript({
  matches: ['https://*/*', 'http://localhost/*', 'http://127.0.0.1/*'],
  runAt: 'document_start',
  allFrames: true,
  matchOriginAsFallback: true,
  // WXT would tell the page's own listeners that the script started (G6).
  noScriptStartedPostMessage: true,
  main() {
    if (isProviderPlace(window)) startRelay({ document, window })
  },
})
