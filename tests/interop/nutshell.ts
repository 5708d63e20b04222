/**
 * One Nutshell mint on loopback: real database, invoices that pay themselves (FakeWallet), keysets that rotate while it runs.
 * Settings: `cashu.md` §9.2.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CACHE, pythonOf } from './install.ts'

export interface Nutshell {
  readonly url: string
  /** A new active keyset for this unit, the old one inactive, as its operator does it. */
  rotate(unit: string, feePpk: number): Promise<void>
  /** Ends the process and starts it again over the same database. @param settings added to those it had */
  restart(settings?: Readonly<Record<string, string>>): Promise<void>
  stop(): Promise<void>
}

const START_MS = 40_000
/** Denominations of a keyset, as Nutshell makes them by itself. */
const POWERS = 64
/** 2100, in seconds. */
const FAR_FUTURE = 4_102_444_800

/** @param folder of the virtual environment. @param settings environment variables of Nutshell, over the usual ones */
export async function startNutshell(folder: string, settings: Readonly<Record<string, string>> = {}): Promise<Nutshell> {
  for (let tries = 1; ; tries++) {
    try {
      return await startOn(await freePorts(), folder, settings)
    } catch (error) {
      // it loads for a second before it takes its ports: somebody may have been faster
      if (tries === 3) throw error
    }
  }
}

async function startOn([port, managementPort]: readonly [number, number], folder: string, settings: Readonly<Record<string, string>>): Promise<Nutshell> {
  const home = await mkdtemp(join(tmpdir(), 'routstr-nutshell-'))
  const url = `http://127.0.0.1:${port}`
  let wanted: Readonly<Record<string, string>> = { ...usualSettings(port, managementPort, home), ...settings }
  let child = await start(folder, home, url, wanted)

  return {
    url,
    async rotate(unit, feePpk) {
      const code = 'from cashu.mint.management_rpc.cli.cli import cli; cli()'
      const place = ['--insecure', '--host', '127.0.0.1', '--port', String(managementPort)]
      // without an expiry it would publish the year 1970 and a keyset id that no other wallet accepts
      const limits = [String(feePpk), String(POWERS), String(FAR_FUTURE)]
      const { status, output } = await finished(launch(folder, home, wanted, ['-c', code, ...place, 'next-keyset', unit, ...limits]))
      if (status !== 0 || !output.includes('New keyset')) throw new Error(`Nutshell did not rotate: ${output}`)
    },
    async restart(more = {}) {
      await end(child)
      wanted = { ...wanted, ...more }
      child = await start(folder, home, url, wanted)
    },
    async stop() {
      await end(child)
      await rm(home, { recursive: true, force: true })
    },
  }
}

function usualSettings(port: number, managementPort: number, home: string): Record<string, string> {
  return {
    MINT_PRIVATE_KEY: `TEST ${port}`,
    MINT_BACKEND_BOLT11_SAT: 'FakeWallet',
    MINT_BACKEND_BOLT11_MSAT: 'FakeWallet',
    MINT_BACKEND_BOLT11_USD: 'FakeWallet',
    // the second number is the unit: 0 sat, 1 msat, 2 usd
    MINT_DERIVATION_PATH: "m/0'/0'/0'",
    MINT_DERIVATION_PATH_LIST: JSON.stringify(["m/0'/0'/0'", "m/0'/1'/0'", "m/0'/2'/0'"]),
    MINT_DATABASE: join(home, 'mint'),
    MINT_AUTH_DATABASE: join(home, 'auth'),
    CASHU_DIR: join(home, 'cashu'),
    MINT_LISTEN_HOST: '127.0.0.1',
    MINT_LISTEN_PORT: String(port),
    MINT_INPUT_FEE_PPK: '100',
    MINT_RATE_LIMIT: 'FALSE',
    MINT_RPC_SERVER_ENABLE: 'TRUE',
    MINT_RPC_SERVER_ADDR: '127.0.0.1',
    MINT_RPC_SERVER_PORT: String(managementPort),
    MINT_RPC_SERVER_MUTUAL_TLS: 'FALSE',
    TOR: 'FALSE',
    DEBUG: 'FALSE',
    // 0 would lose the event: it fires before the quote is written down (`cashu.md` §9.2)
    FAKEWALLET_DELAY_INCOMING_PAYMENT: '1',
    FAKEWALLET_DELAY_OUTGOING_PAYMENT: '0',
  }
}

/** In an empty folder, because a `.env` there or in the home directory would win over our settings. */
function launch(folder: string, home: string, settings: Readonly<Record<string, string>>, parameters: readonly string[]): ChildProcess {
  const { PATH = '', LANG = 'C.UTF-8' } = process.env
  return spawn(pythonOf(folder), parameters, { cwd: home, env: { PATH, LANG, HOME: home, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function start(folder: string, home: string, url: string, settings: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const logs = join(CACHE, 'interop')
  await mkdir(logs, { recursive: true })
  const child = launch(folder, home, settings, ['-m', 'cashu.mint'])
  // also when a test run ends without its afterAll
  const last = (): void => void child.kill('SIGKILL')
  process.once('exit', last)
  child.once('exit', () => process.off('exit', last))
  const log = createWriteStream(join(logs, `nutshell-${new URL(url).port}.log`), { flags: 'a' })
  child.stdout?.pipe(log, { end: false })
  child.stderr?.pipe(log, { end: false })
  const deadline = Date.now() + START_MS
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await end(child)
      throw new Error(`Nutshell did not start; see ${log.path}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return child
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/v1/info`)).ok
  } catch {
    return false
  }
}

function finished(child: ChildProcess): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece) => (output += piece))
    child.on('error', (error) => resolve({ status: 127, output: error.message }))
    child.on('close', (code) => resolve({ status: code ?? 1, output }))
  })
}

/** SIGTERM waits for open connections; what has not ended after two seconds is ended the hard way: its database bears it. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const patience = setTimeout(() => child.kill('SIGKILL'), 2_000)
  await gone
  clearTimeout(patience)
}

/** Two at once, both held until both are known: the system would give a freed one away again. */
async function freePorts(): Promise<[number, number]> {
  const probes = [createServer(), createServer()]
  const ports = await Promise.all(probes.map((probe) => new Promise<number>((resolve, reject) => listen(probe, resolve, reject))))
  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))))
  return [ports[0] ?? 0, ports[1] ?? 0]
}

function listen(probe: Server, found: (port: number) => void, failed: (error: Error) => void): void {
  probe.once('error', failed)
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address()
    if (address === null || typeof address === 'string') failed(new Error('no port'))
    else found(address.port)
  })
}
