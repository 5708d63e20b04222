/** Ten thousand signed announcements from a local relay, heard by the whole app: how long anything else that wants the worker has to wait meanwhile. */
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure'
import { createRelaySubscription } from '../../src/registry/relays.ts'
import { RoutstrDatabase } from '../../src/storage/database.ts'
import { beginOwnTime } from './own-time.ts'
import type { RelayEvent, Topic } from './topic.ts'
import { openApp } from './whole-app.ts'

const COUNT = 10_000
const NAME = 'ingesting'

export const ingesting: Topic = {
  name: NAME,
  workers: 1,
  traced: true,
  limits: { 'longest task: own time': { p95: 50 } },

  stored() {
    const key = generateSecretKey()
    const now = Math.floor(Date.now() / 1000)
    return Array.from({ length: COUNT }, (_, index) => announcement(key, index, now))
  },

  async measure(relay) {
    const database = new RoutstrDatabase(NAME)
    const { app, screen } = openApp(database, { fetch: silent, subscribe: createRelaySubscription() })
    await screen.call('settings.set', { developer: true })
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
    beginOwnTime()
    await screen.call('settings.set', { relays: [relay] })
    while ((await database.table('providers').count()) < COUNT) await new Promise((resolve) => setTimeout(resolve, 200))
    const all = performance.now() - began
    watching = false
    await watched
    app.stop()
    return { 'longest wait': [Math.max(...waits)], 'every wait': waits, 'all of them': [all] }
  },
}

/** A node that does not answer: what is measured is what the relay tells. */
function silent(_: unknown, init?: RequestInit): Promise<Response> {
  return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new TypeError('no answer'))))
}

function announcement(key: Uint8Array, index: number, now: number): RelayEvent {
  const tags = [
    ['d', `n${index}`],
    ['u', `https://n${index}.example.com`],
    ['mint', 'https://mint.example.com/Bitcoin'],
    ['version', '0.4.5'],
  ]
  return finalizeEvent({ kind: 38421, created_at: now - index, tags, content: JSON.stringify({ name: `Node ${index}`, about: 'Fast' }) }, key)
}
