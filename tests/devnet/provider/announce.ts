/** Kind 38421 (routstr-node.md §8.1): who the node is, where it is, which mints it takes. No prices, no models. */
import { finalizeEvent } from 'nostr-tools/pure'
import { WebSocket } from 'ws'
import type { RelayEvent } from '../relay/relay.ts'

export interface Announcement {
  providerId: string
  urls: string[]
  mints: string[]
  version: string
  name: string
  about: string
  createdAt?: number
}

export function announcementEvent(announcement: Announcement, secretKey: Uint8Array): RelayEvent {
  const { providerId, urls, mints, version, name, about } = announcement
  const tags = [
    ['d', providerId],
    ...urls.map((url) => ['u', url]),
    ...mints.map((mint) => ['mint', mint]),
    ['version', version],
  ]
  const created_at = announcement.createdAt ?? Math.floor(Date.now() / 1000)
  const { kind, pubkey, content, id, sig } = finalizeEvent({ kind: 38421, created_at, tags, content: JSON.stringify({ name, about }) }, secretKey)
  return { kind, created_at, tags, pubkey, content, id, sig }
}

/** Sends one event to one relay and waits for its OK. */
export function publishTo(relayUrl: string, event: RelayEvent): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(relayUrl)
    const timer = setTimeout(() => finish(new Error('the relay does not answer')), 5000)
    function finish(error?: Error): void {
      clearTimeout(timer)
      socket.terminate()
      if (error) reject(error)
      else resolve()
    }
    socket.on('error', (error) => finish(error))
    socket.on('open', () => socket.send(JSON.stringify(['EVENT', event])))
    socket.on('message', (data) => {
      const text = String(data)
      if (text.startsWith('["OK"')) finish(text.includes(`"${event.id}",true`) ? undefined : new Error(text))
    })
  })
}
