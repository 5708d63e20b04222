import { defineContentScript } from 'wxt/utils/define-content-script'
import { delegateToFrames, untilDelegated } from '../src/browser/delegation.ts'
import { startRelay } from '../src/browser/relay.ts'
import { isProviderPlace } from '../src/page/placement.ts'

/** Isolated world: hands the port over and pipes. */
export default defineContentScript({
  matches: ['https://*/*', 'http://localhost/*', 'http://127.0.0.1/*'],
  runAt: 'document_start',
  allFrames: true,
  matchOriginAsFallback: true,
  // WXT would tell the page's own listeners that the script started (G6); what is built has nothing of that (wxt.config.ts)
  noScriptStartedPostMessage: true,
  main() {
    const atHome = isProviderPlace(window)
    startRelay({
      document,
      window,
      userActive: () => navigator.userActivation?.isActive ?? false,
      untilDelegated: atHome ? undefined : (delegated) => untilDelegated(window, delegated),
    })
    if (window === window.top) delegateToFrames(document)
  },
})
