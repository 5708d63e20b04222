/** Web pages of three origins on loopback, with the unmodified `openai` package among their files. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { openCors, sendText, serve } from '../../devnet/http.ts'

export interface Sites {
  /** Two origins that may use Routstr … */
  readonly home: string
  readonly other: string
  /** … and one of plain http that may not. */
  readonly insecure: string
  stop(): Promise<void>
}

const FOLDER = new URL('../site/', import.meta.url)
const FILES: Record<string, string> = {
  '/matrix': 'matrix.html',
  '/matrix.js': 'matrix.js',
  '/matrix-openai.js': 'matrix-openai.js',
  '/matrix-ai.js': 'matrix-ai.js',
  '/matrix-langchain.js': 'matrix-langchain.js',
  '/': 'index.html',
  '/frame': 'frame.html',
  '/embed': 'embed.html',
  '/probe': 'probe.html',
  '/poisoned': 'poisoned.html',
  '/page.js': 'page.js',
  '/prompt-api': 'prompt-api.html',
  '/window-ai': 'window-ai.html',
}
const TYPES: Record<string, string> = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8' }

export async function serveSites(): Promise<Sites> {
  // a page that waits for it would lose the click that lets a window open
  await bundleOf('openai.js')
  const host = await serve(async (request, response, { pathname }) => {
    if (openCors(request, response)) return
    const file = FILES[pathname]
    if (file !== undefined) {
      return sendText(response, 200, await readFile(new URL(file, FOLDER), 'utf8'), { 'content-type': TYPES[file.split('.').at(-1) ?? ''] ?? 'text/plain' })
    }
    if (pathname === '/openai.js' || pathname === '/sdks.js') return sendText(response, 200, await bundleOf(pathname.slice(1)), { 'content-type': 'text/javascript' })
    sendText(response, 404, '', { 'content-type': 'text/plain' })
  })
  return { home: `http://localhost:${host.port}`, other: `http://127.0.0.1:${host.port}`, insecure: `http://plain.test:${host.port}`, stop: host.stop }
}

const bundles = new Map<string, Promise<string>>()

/** Packages as npm has them, in one file for a page. */
function bundleOf(file: string): Promise<string> {
  const bundle = bundles.get(file) ?? bundled(file)
  bundles.set(file, bundle)
  return bundle
}

async function bundled(file: string): Promise<string> {
  const result = await build({
    configFile: false,
    root: fileURLToPath(FOLDER),
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL(file, FOLDER)), formats: ['es'], fileName: 'bundle' },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  })
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((one) => ('output' in one ? one.output : []))
  const chunk = outputs.find((output) => output.type === 'chunk')
  if (chunk === undefined) throw new Error(`${file} was not bundled`)
  return chunk.code
}
