/** The front door: `/devnet.json` (configuration), `/faucet`, `/lightning/*`, Lightning addresses, `/control`, and the demo page at `/`. */
import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import type { Control } from './control.ts'
import { openCors, readText, sendJson, sendText, serve } from './http.ts'
import type { LightningDesk } from './lightning/desk.ts'
import type { LnurlRoutes } from './lightning/lnurl.ts'
import type { DevnetMint } from './mint/mint.ts'
import type { DevnetProvider } from './provider/provider.ts'
import type { DevnetRelay } from './relay/relay.ts'
import { parseJson } from './json.ts'

export interface Front {
  readonly url: string
  /** `bob@127.0.0.1:PORT`; every other name works as well */
  readonly lightningAddress: string
  stop(): Promise<void>
}

interface FrontParts {
  mint: DevnetMint
  otherMint: DevnetMint
  providers: { cheap: DevnetProvider; dear: DevnetProvider }
  relay: DevnetRelay
  /** @param amount in its unit */
  faucet(amount: number, unit?: string): Promise<string>
  lightningDesk: LightningDesk
  lnurlRoutes: LnurlRoutes
  /** connection URI of the Nostr wallet service */
  nwc: string
  /** of the remote signer */
  bunker: string
  /** of the user whose key it holds */
  npub: string
  control: Control
  port: number
}

const FUNDED_TOKEN_SAT = 2000
const FAUCET_CAP_SAT = 10_000
const faucetBody = v.object({ amount: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(FAUCET_CAP_SAT)) })

const PAGE_FILES: Record<string, { file: string; type: string }> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/demo.css': { file: 'demo.css', type: 'text/css; charset=utf-8' },
  '/demo.js': { file: 'demo.js', type: 'text/javascript; charset=utf-8' },
}

export async function createFront(parts: FrontParts): Promise<Front> {
  const { mint, otherMint, providers, relay } = parts
  const host = await serve(async (request, response, url) => {
    const { pathname } = url
    const page = PAGE_FILES[pathname]
    if (request.method === 'GET' && page) {
      const text = await readFile(new URL(`./demo/${page.file}`, import.meta.url), 'utf8')
      return sendText(response, 200, text, { 'content-type': page.type, 'cache-control': 'no-cache' })
    }
    // No CORS on /control: web pages must not switch faults, tests in other processes do not care.
    if (pathname === '/control') return control(await readText(request), response)
    if (openCors(request, response)) return
    if (request.method === 'GET' && pathname === '/devnet.json') return sendJson(response, 200, await configuration(), { 'cache-control': 'no-store' })
    if (request.method === 'POST' && pathname === '/faucet') return faucet(await readText(request), url.searchParams.get('unit') ?? 'sat', response)
    const lightning = pathname.startsWith('/lightning/') ? parts.lightningDesk(request.method ?? 'GET', pathname, await readText(request)) : undefined
    if (lightning) return sendJson(response, lightning.status, lightning.body)
    const lnurl = request.method === 'GET' ? parts.lnurlRoutes(url, host.url) : undefined
    if (lnurl) return sendText(response, 200, lnurl.text, { 'content-type': 'application/json' })
    if (pathname === '/favicon.ico') return sendText(response, 200, ICON, { 'content-type': 'image/svg+xml' })
    sendJson(response, 404, { error: 'not found' })
  }, parts.port)
  const lightningAddress = `bob@${new URL(host.url).host}`

  async function configuration(): Promise<object> {
    return {
      version: 1,
      mints: [mint, otherMint].map(({ url, name }) => ({ url, name })),
      relays: [relay.url],
      providers: [providers.cheap, providers.dear].map(({ name, url, npub }) => ({ name, url, npub })),
      faucet: `${host.url}/faucet`,
      demo: `${host.url}/`,
      token: await parts.faucet(FUNDED_TOKEN_SAT),
      nwc: parts.nwc,
      bunker: parts.bunker,
      npub: parts.npub,
      lightningAddress,
    }
  }

  async function faucet(text: string, unit: string, response: Parameters<typeof sendJson>[0]): Promise<void> {
    if (!mint.units.includes(unit)) return sendJson(response, 400, { error: `unit must be one of ${mint.units.join(', ')}` })
    const body = v.safeParse(faucetBody, parseJson(text))
    if (!body.success) return sendJson(response, 400, { error: `amount must be a whole number of ${unit}s from 1 to ${FAUCET_CAP_SAT}` })
    sendJson(response, 200, { token: await parts.faucet(body.output.amount, unit), amount: body.output.amount, ...(unit === 'sat' ? {} : { unit }) })
  }

  async function control(text: string, response: Parameters<typeof sendJson>[0]): Promise<void> {
    try {
      sendJson(response, 200, { ok: true, result: (await parts.control(parseJson(text))) ?? null })
    } catch (error) {
      sendJson(response, 400, { ok: false, error: error instanceof Error ? error.message : 'refused' })
    }
  }

  return { url: host.url, lightningAddress, stop: host.stop }
}

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#d9480f"/><path d="M18 5 8 18h7l-1 9 10-13h-7z" fill="#fff"/></svg>'
