import { defineConfig } from 'wxt'

/** Loopback stands in the manifest, but is used only after the user has opened the developer switch in the options. */
const CONNECT = 'connect-src https: wss: http://127.0.0.1:* ws://127.0.0.1:* http://localhost:* ws://localhost:*'

export default defineConfig({
  imports: false,
  manifestVersion: 3,
  outDir: '.output',
  vite: () => ({ build: { sourcemap: false } }),
  manifest: ({ browser, command }) => ({
    name: 'Routstr',
    description: 'AI on every page, paid by the sat from your own wallet.',
    permissions: ['storage', 'unlimitedStorage', 'alarms', 'activeTab'],
    host_permissions: [],
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
      : { minimum_chrome_version: '120', externally_connectable: { ids: [] } }),
  }),
})
