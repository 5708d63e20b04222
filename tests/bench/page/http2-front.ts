/**
 * A provider behind HTTP/2, as providers on the web are: over HTTP/1.1 a browser opens six connections to a host and no more, and the
 * seventh stream waits in the browser until one ends. Its certificate is made on the spot, by `openssl`, and signed by nobody.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createSecureServer } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The flag with which Chromium talks to it. */
export const TRUSTS_ANYBODY = '--ignore-certificate-errors'
const MOST_STREAMS = 1_000
/** Meant for one connection (RFC 9113 §8.2.2). */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host'])

export async function serveOverHttp2(target: string): Promise<{ readonly url: string; stop(): void }> {
  const server = createSecureServer({ ...certificate(), settings: { maxConcurrentStreams: MOST_STREAMS } }, (asked, answer) => {
    const headers = Object.fromEntries(Object.entries(asked.headers).filter(([name]) => !name.startsWith(':') && !HOP_BY_HOP.has(name)))
    const passed = request(new URL(asked.url, target), { method: asked.method, headers, agent: false }, (response) => {
      answer.writeHead(response.statusCode ?? 502, Object.fromEntries(Object.entries(response.headers).filter(([name]) => !HOP_BY_HOP.has(name))))
      response.pipe(answer)
    })
    passed.on('error', () => answer.stream.close())
    answer.on('close', () => passed.destroy())
    asked.pipe(passed)
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('no port'))
      else resolve(address.port)
    })
  })
  return { url: `https://127.0.0.1:${port}`, stop: () => void server.close() }
}

function certificate(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'routstr-http2-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  try {
    const told = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync('openssl', ['req', '-x509', '-nodes', '-days', '2', ...told, '-keyout', key, '-out', cert], { stdio: 'ignore' })
    return { key: readFileSync(key), cert: readFileSync(cert) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
