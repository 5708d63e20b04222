/** `node_modules/.bin/vite tests/unit/ui/preview` serves every screen: `/?screen=popup&scenario=full`, `/?screen=options#/tokens`. */
import { defineConfig } from 'vite'

export default defineConfig({
  cacheDir: '/tmp/routstr-preview',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
})
