/** The smallest extension that carries a message from a page to its worker and back: what the browser itself takes for that. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from '@playwright/test'
import { chromiumFlags, ensureChromium } from '../../launch/chromium.mjs'

const FILES = {
  'manifest.json': JSON.stringify({
    manifest_version: 3,
    name: 'bare pipe',
    version: '1',
    background: { service_worker: 'worker.js' },
    content_scripts: [
      { matches: ['http://localhost/*', 'http://127.0.0.1/*'], js: ['page.js'], run_at: 'document_start', world: 'MAIN' },
      { matches: ['http://localhost/*', 'http://127.0.0.1/*'], js: ['relay.js'], run_at: 'document_start' },
    ],
  }),
  'page.js': `document.addEventListener('bare', ({ ports: [port] }) => {
    window.bareEcho = () => new Promise((resolve) => { port.onmessage = resolve; port.postMessage({ t: 'request', path: '/nothing/here' }) })
  })`,
  'relay.js': `const { port1, port2 } = new MessageChannel()
    let background = null
    port1.onmessage = ({ data }) => {
      if (background === null) {
        background = chrome.runtime.connect()
        background.onMessage.addListener((message) => port1.postMessage(message))
      }
      background.postMessage(data)
    }
    document.dispatchEvent(new MessageEvent('bare', { ports: [port2] }))`,
  'worker.js': 'chrome.runtime.onConnect.addListener((port) => port.onMessage.addListener((message) => port.postMessage(message)))',
}

export async function openBarePipe(): Promise<{ readonly context: BrowserContext; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'routstr-bare-'))
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text)
  const context = await chromium.launchPersistentContext('', {
    executablePath: ensureChromium(),
    args: [...chromiumFlags(), `--disable-extensions-except=${folder}`, `--load-extension=${folder}`],
  })
  return {
    context,
    async close() {
      await context.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
