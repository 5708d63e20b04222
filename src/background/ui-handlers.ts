/** What our own screens may ask for: one function per route, the input already checked. Pages can not reach any of it. */
import * as v from 'valibot'
import { errorFacts, RoutstrError } from '../domain/errors.ts'
import { type UiInput, type UiOutput, type UiReply, type UiRoute, uiInputs, uiRequestSchema } from '../messaging/ui-contract.ts'
import type { ScreenPort } from '../messaging/ports.ts'

export type UiHandlers = { readonly [R in UiRoute]: (input: UiInput<R>) => Promise<UiOutput<R>> }

/** Routes that only read are read again after every change, by nobody's hand. */
const READS = /\.(get|list|inspect|preview|ledger)$/

/** Serves one screen. @param told `used`: a person does something @returns a function that tells it to read again */
export function serveScreen(
  port: ScreenPort,
  ready: Promise<void>,
  handlers: UiHandlers,
  told: { readonly closed: () => void; readonly used: () => void },
): () => void {
  let open = true
  const send = (reply: UiReply): void => {
    if (open) port.send(reply)
  }
  port.onClose(() => {
    open = false
    told.closed()
  })
  port.onMessage(async (message) => {
    const request = v.safeParse(uiRequestSchema, message)
    if (!request.success) return
    const { id, route, input } = request.output
    try {
      await ready
      if (!READS.test(route)) told.used()
      if (!isRoute(route)) throw new RoutstrError('not_found', `There is no route ${route}.`)
      send({ id, ok: true, value: await dispatch(handlers, route, input) })
    } catch (error) {
      send({ id, ok: false, error: errorFacts(error) })
    }
  })
  return () => send({ changed: true })
}

async function dispatch<R extends UiRoute>(handlers: UiHandlers, route: R, input: unknown): Promise<UiOutput<R>> {
  const parsed = v.safeParse(uiInputs[route], input)
  if (!parsed.success) throw new RoutstrError('invalid_request_error', `Not understood: ${parsed.issues[0].message}.`)
  return handlers[route](parsed.output)
}

function isRoute(route: string): route is UiRoute {
  return Object.hasOwn(uiInputs, route)
}
