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
const FILES: Record<string, string> = { '/': 'index.html', '/frame': 'frame.html', '/page.js': 'page.js' }
const TYPES: Record<string, string> = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8' }

export async function serveSites(): Promise<Sites> {
  const host = await serve(async (request, response, { pathname }) => {
    if (openCors(request, response)) return
    const file = FILES[pathname]
    if (file !== undefined) {
      return sendText(response, 200, await readFile(new URL(file, FOLDER), 'utf8'), { 'content-type': TYPES[file.split('.').at(-1) ?? ''] ?? 'text/plain' })
    }
    if (pathname === '/openai.js') return sendText(response, 200, await openaiBundle(), { 'content-type': 'text/javascript' })
    sendText(response, 404, '', { 'content-type': 'text/plain' })
  })
  return { home: `http://localhost:${host.port}`, other: `http://127.0.0.1:${host.port}`, insecure: `http://plain.test:${host.port}`, stop: host.stop }
}

let bundle: Promise<string> | undefined

function openaiBundle(): Promise<string> {
  bundle ??= bundled()
  return bundle
}

async function bundled(): Promise<string> {
  const result = await build({
    configFile: false,
    root: fileURLToPath(FOLDER),
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry: fileURLToPath(new URL('openai.js', FOLDER)), formats: ['es'], fileName: 'openai' } },
  })
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((one) => ('output' in one ? one.output : []))
  const chunk = outputs.find((output) => output.type === 'chunk')
  if (chunk === undefined) throw new Error('the openai package was not bundled')
  return chunk.code
}
