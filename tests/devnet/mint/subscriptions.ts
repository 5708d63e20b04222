/** NUT-17: JSON-RPC over WebSocket at `/v1/ws`. A new subscription is answered with the current state of each filter. */
import type { Server } from 'node:http'
import * as v from 'valibot'
import { WebSocketServer, type WebSocket } from 'ws'
import { parseJson } from '../json.ts'

export type SubscriptionKind = 'bolt11_mint_quote' | 'bolt11_melt_quote' | 'proof_state'

const requestSchema = v.object({
  method: v.picklist(['subscribe', 'unsubscribe']),
  id: v.union([v.number(), v.string()]),
  params: v.object({
    kind: v.optional(v.picklist(['bolt11_mint_quote', 'bolt11_melt_quote', 'proof_state'])),
    subId: v.string(),
    filters: v.optional(v.pipe(v.array(v.string()), v.maxLength(1000)), []),
  }),
})

export interface Subscriptions {
  notify(kind: SubscriptionKind, filter: string, payload: unknown): void
  stop(): void
}

interface Subscription {
  socket: WebSocket
  kind: SubscriptionKind
  subId: string
  filters: Set<string>
}

export interface SubscriptionWorld {
  /** what a new subscription is told at once; undefined: nothing is known */
  current(kind: SubscriptionKind, filter: string): unknown
  /** true: notifications are lost, as they are on real mints now and then (cashu.md §2.8) */
  isSilent(): boolean
}

export function createSubscriptions(server: Server, world: SubscriptionWorld): Subscriptions {
  const socketServer = new WebSocketServer({ server, path: '/v1/ws' })
  let subscriptions: Subscription[] = []

  const send = (socket: WebSocket, message: Record<string, unknown>): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ jsonrpc: '2.0', ...message }))
  }
  const push = (subscription: Subscription, payload: unknown): void => {
    if (!world.isSilent()) send(subscription.socket, { method: 'subscribe', params: { subId: subscription.subId, payload } })
  }

  socketServer.on('connection', (socket) => {
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      subscriptions = subscriptions.filter((subscription) => subscription.socket !== socket)
    })
    socket.on('message', (data) => {
      const parsed = v.safeParse(requestSchema, parseJson(String(data)))
      if (!parsed.success) {
        send(socket, { error: { code: -32600, message: 'Invalid request' }, id: null })
        return
      }
      const { method, id, params } = parsed.output
      if (method === 'unsubscribe') {
        subscriptions = subscriptions.filter((entry) => entry.socket !== socket || entry.subId !== params.subId)
        send(socket, { result: { status: 'OK', subId: params.subId }, id })
        return
      }
      if (params.kind === undefined) {
        send(socket, { error: { code: -32602, message: 'kind is missing' }, id })
        return
      }
      const subscription = { socket, kind: params.kind, subId: params.subId, filters: new Set(params.filters) }
      subscriptions.push(subscription)
      send(socket, { result: { status: 'OK', subId: params.subId }, id })
      for (const filter of subscription.filters) {
        const state = world.current(subscription.kind, filter)
        if (state !== undefined) push(subscription, state)
      }
    })
  })

  return {
    notify(kind, filter, payload) {
      for (const subscription of subscriptions) {
        if (subscription.kind === kind && subscription.filters.has(filter)) push(subscription, payload)
      }
    },
    stop() {
      for (const client of socketServer.clients) client.terminate()
      socketServer.close()
    },
  }
}
