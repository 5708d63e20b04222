/** The development network in a process of its own, as `npm run devnet` starts it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'

const schema = v.object({ config: v.string(), demo: v.string() })
export type Addresses = v.InferOutput<typeof schema>

export interface Network {
  readonly addresses: Addresses
  stop(): Promise<void>
}

/** @throws Error when it ends without having printed its addresses */
export async function startNetwork(parameters: readonly string[]): Promise<Network> {
  const main = fileURLToPath(new URL('../devnet/main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await Promise.race([firstLine(child), once(child, 'exit').then(() => null)])
  if (line === null) throw new Error('The development network did not start.')
  return {
    addresses: v.parse(schema, JSON.parse(line)),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}

async function firstLine(child: ChildProcess): Promise<string | null> {
  if (child.stdout === null) return null
  for await (const line of createInterface({ input: child.stdout })) return line
  return null
}
