/** Ten thousand signed announcements, offered at once: how long anything else that wants the worker has to wait meanwhile. */
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure'
import { createHearing } from '../../src/registry/hearing.ts'
import { createIntake } from '../../src/registry/intake.ts'
import { createMarket } from '../../src/registry/market.ts'
import { createRegistryStore } from '../../src/storage/registry-store.ts'
import { RoutstrDatabase } from '../../src/storage/database.ts'
import type { Topic } from './topic.ts'

const COUNT = 10_000
const NAME = 'ingesting'

export const ingesting: Topic = {
  name: NAME,
  workers: 1,
  limits: { 'longest wait': { p95: 50 } },

  async measure() {
    const now = Date.now()
    const key = generateSecretKey()
    // without what nostr-tools remembers about its own events
    const events: unknown[] = Array.from({ length: COUNT }, (_, index) => JSON.parse(JSON.stringify(signed(key, index, now))))
    const database = new RoutstrDatabase(NAME)
    const market = createMarket(() => now)
    const nothing = (): void => undefined
    const store = createRegistryStore(database)
    const hearing = createHearing({ market, store, now: () => now, policy: () => ({ allowLoopback: false }), mappingAuthor: '', onNews: nothing, changed: nothing })
    const intake = createIntake({ nowSeconds: () => Math.floor(now / 1000), isWanted: hearing.isWanted, take: hearing.take, refuse: nothing })
    const waits: number[] = []
    let watching = true
    const watch = async (): Promise<void> => {
      while (watching) {
        const asked = performance.now()
        await new Promise((resolve) => setTimeout(resolve, 0))
        waits.push(performance.now() - asked)
      }
    }
    const watched = watch()
    const began = performance.now()
    for (const event of events) {
      intake.offer('wss://relay.example', event)
      await nextTask()
    }
    await intake.idle()
    await hearing.flush()
    const all = performance.now() - began
    watching = false
    await watched
    if (market.entries().length !== COUNT) throw new Error(`${market.entries().length} of ${COUNT} were taken`)
    database.close()
    return { 'longest wait': [Math.max(...waits)], 'every wait': waits, 'all of them': [all] }
  },
}

/** A socket delivers each message in a task of its own. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}

function signed(key: Uint8Array, index: number, now: number): unknown {
  const tags = [
    ['d', `n${index}`],
    ['u', `https://n${index}.example.com`],
    ['mint', 'https://mint.example.com/Bitcoin'],
    ['version', '0.4.5'],
  ]
  return finalizeEvent({ kind: 38421, created_at: Math.floor(now / 1000) - index, tags, content: JSON.stringify({ name: `Node ${index}`, about: 'Fast' }) }, key)
}
