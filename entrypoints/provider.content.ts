import { defineContentScript } from 'wxt/utils/define-content-script'
import { install } from '../src/page/install.ts'

/** MAIN world: `window.routstr`. Holds no authority and no secret. */
export default defineContentScript({
  matches: ['https://*/*', 'http://localhost/*', 'http://127.0.0.1/*'],
  runAt: 'document_start',
  world: 'MAIN',
  allFrames: true,
  matchOriginAsFallback: true,
  main: install,
})
