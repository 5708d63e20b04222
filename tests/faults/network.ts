/** What the network, the mint or the disk does to one request of the app. Each state is chosen for one moment and then over, but `gone`. */
import type { Devnet } from '../devnet/devnet.ts'

export const NETWORK_STATES = [
  'none',
  /** The request never arrives. */
  'request-lost',
  /** It was handled, and the answer is lost. */
  'answer-lost',
  /** The app gives up waiting; the request arrives after that: before, amid or after the repair. */
  'late',
  /** 200 with nonsense; nothing was done, or all was. */
  'garbage',
  'garbage-done',
  /** 503 and nothing done; 500 and all done. */
  'unavailable',
  'failed-done',
  /** The mint's keysets change just before the request arrives; the fee stays, or rises. */
  'rotated',
  'rotated-dearer',
  /** Whoever is asked does not answer any more, until the network is healed. */
  'gone',
  /** No room for a writing transaction: once, or until the disk is emptied. */
  'disk-full-once',
  'disk-full',
] as const
export type NetworkState = (typeof NETWORK_STATES)[number]

export const isOfDisk = (state: NetworkState): boolean => state.startsWith('disk')

export interface Letter {
  readonly url: string
  readonly method: string
  readonly body: string
  readonly headers: Headers
}

export interface Network {
  send(letter: Letter, state: NetworkState, go: () => Promise<Response>): Promise<Response>
  /** Letters on the way arrive now; nobody waits for their answers. */
  deliver(): Promise<void>
  /** Who was gone is back. */
  heal(): void
}

const lost = (): TypeError => new TypeError('fetch failed')
const DEARER_PPK = 300

export function createNetwork(devnet: Devnet): Network {
  const onTheWay: Letter[] = []
  const gone = new Set<string>()

  function rotate(url: string, dearer: boolean): void {
    const mint = url.startsWith(devnet.otherMint.url) ? devnet.otherMint : devnet.mint
    mint.rotate(dearer ? { feePpk: DEARER_PPK } : {})
  }

  return {
    async send(letter, state, go) {
      const { origin } = new URL(letter.url)
      if (state === 'gone') gone.add(origin)
      if (gone.has(origin)) throw lost()
      switch (state) {
        case 'request-lost':
          throw lost()
        case 'answer-lost':
          await seen(go)
          throw lost()
        case 'late':
          onTheWay.push(letter)
          throw lost()
        case 'garbage-done':
          await seen(go)
          return nonsense()
        case 'garbage':
          return nonsense()
        case 'unavailable':
          return Response.json({ detail: 'come back later' }, { status: 503 })
        case 'failed-done':
          await seen(go)
          return Response.json({ detail: 'something broke' }, { status: 500 })
        case 'rotated':
        case 'rotated-dearer':
          rotate(letter.url, state === 'rotated-dearer')
          return go()
        case 'none':
        case 'gone':
        case 'disk-full':
        case 'disk-full-once':
          return go()
        default:
          return state satisfies never
      }
    },
    async deliver() {
      for (const { url, method, body, headers } of onTheWay.splice(0)) {
        const answer = await fetch(url, { method, headers, ...(body === '' ? {} : { body }) }).catch(() => null)
        await answer?.text().catch(() => '')
      }
    },
    heal: () => gone.clear(),
  }
}

const nonsense = (): Response => new Response('<html>not the answer you want', { headers: { 'content-type': 'text/html' } })

/** Handled to its end; a stream is read to its end. */
async function seen(go: () => Promise<Response>): Promise<void> {
  await (await go()).text().catch(() => '')
}
