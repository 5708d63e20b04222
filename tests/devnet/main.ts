/**
 * `npm run devnet`: starts the development network, prints one line of JSON with all addresses, runs until SIGTERM or SIGINT.
 *   --port 3388            the configuration and demo server; the next free port when it is busy
 *   --speed 40             tokens per second of the built-in model
 *   --seed 1               other seed, other mint keys; the same seed keeps a wallet's notes valid over restarts
 *   --upstream URL --upstream-key KEY [--models a,b]   a real OpenAI-compatible server behind the providers
 */
import { createServer } from 'node:net'
import { parseArgs } from 'node:util'
import { startDevnet } from './devnet.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '3388' },
    speed: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    upstream: { type: 'string' },
    'upstream-key': { type: 'string', default: '' },
    models: { type: 'string' },
  },
})

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

async function nextFree(port: number): Promise<number> {
  for (let candidate = port; candidate < port + 100; candidate += 1) {
    if (await isFree(candidate)) return candidate
  }
  return 0
}

const devnet = await startDevnet({
  port: await nextFree(Number(values.port)),
  fixedPorts: true,
  tokensPerSecond: Number(values.speed),
  seed: Number(values.seed),
  autoPayMs: 1500,
  ...(values.upstream === undefined
    ? {}
    : { upstream: { url: values.upstream, key: values['upstream-key'], ...(values.models === undefined ? {} : { models: values.models.split(',') }) } }),
})

let stopping = false
const stop = (): void => {
  if (stopping) return
  stopping = true
  void devnet.stop()
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

console.log(
  JSON.stringify({
    config: devnet.configUrl,
    demo: `${devnet.url}/`,
    mints: [devnet.mint.url, devnet.otherMint.url],
    relays: [devnet.relay.url],
    providers: [devnet.providers.cheap, devnet.providers.dear].map(({ name, url, npub }) => ({ name, url, npub })),
    faucet: `${devnet.url}/faucet`,
  }),
)
