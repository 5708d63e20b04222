import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'wxt'
import { typesEntry } from './src/page/types-entry.ts'

/** Loopback stands in the manifest, but is used only after the user has opened the developer switch in the options. */
const CONNECT = 'connect-src https: wss: http://127.0.0.1:* ws://127.0.0.1:* http://localhost:* ws://localhost:*'

/** WXT wraps scripts of the MAIN world into their definition and logging of its own: half a kilobyte in every page that nobody reads. */
const bareProvider = {
  name: 'bare-provider',
  transform: {
    filter: { id: /virtual:wxt-content-script-main-world-entrypoint.*provider\.content/ },
    handler: () => `import { install } from '${fileURLToPath(new URL('src/page/install.ts', import.meta.url))}'\ninstall()`,
  },
}

/** … and around scripts of the other world a context with listeners and an event of its own: three kilobytes and a trace in every page. */
const bareRelay = {
  name: 'bare-relay',
  transform: {
    filter: { id: /virtual:wxt-content-script-isolated-world-entrypoint.*relay\.content/ },
    handler: () => `import relay from '${fileURLToPath(new URL('entrypoints/relay.content.ts', import.meta.url))}'\nrelay.main()`,
  },
}

/** The types page developers copy, beside the extension. */
async function writeTypes(): Promise<void> {
  const source = (file: string): Promise<string> => readFile(new URL(file, import.meta.url), 'utf8')
  const folder = new URL('.output/types/', import.meta.url)
  await mkdir(folder, { recursive: true })
  await writeFile(new URL('routstr-provider.d.ts', folder), typesEntry(await source('src/page/api.ts'), await source('src/messaging/page-contract.ts')))
}

export default defineConfig({
  hooks: { 'build:done': writeTypes },
  imports: false,
  manifestVersion: 3,
  outDir: '.output',
  // nostr-tools pins older copies of what cashu-ts and we use: 44 kB of a worker that has to start quickly
  vite: ({ mode }) => ({
    plugins: mode === 'production' ? [bareProvider, bareRelay] : [],
    build: { sourcemap: false },
    resolve: { dedupe: ['@noble/curves', '@noble/hashes', '@noble/ciphers', '@scure/base', '@scure/bip32'] },
  }),
  manifest: ({ browser, command }) => ({
    name: 'Routstr',
    description: 'AI on every page, paid by the sat from your own wallet.',
    permissions: ['storage', 'unlimitedStorage', 'alarms', 'activeTab', 'scripting'],
    host_permissions: [],
    // asked for one site at a time, when its stand-ins are switched on: browsers run a registered script only with it
    optional_host_permissions: ['https://*/*', 'http://localhost/*', 'http://127.0.0.1/*'],
    incognito: 'not_allowed',
    content_security_policy: {
      extension_pages: `default-src 'none'; script-src 'self'; ${command === 'serve' ? "style-src 'self' 'unsafe-inline'" : "style-src 'self'"}; img-src 'self' data: blob:; font-src 'self'; ${CONNECT}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    },
    action: { default_title: 'Routstr' },
    ...(browser === 'firefox'
      ? {
          browser_specific_settings: {
            gecko: {
              id: 'routstr-browser@routstr.invalid',
              strict_min_version: '140.0',
              data_collection_permissions: { required: ['financialAndPaymentInfo', 'websiteContent'] },
            },
          },
        }
      : // URL.parse
        { minimum_chrome_version: '126', externally_connectable: { ids: [] } }),
  }),
})
