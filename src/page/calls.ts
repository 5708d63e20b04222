/** Questions to the background that are not requests to a provider: grants and availability. Refusals reject. */
import type { GrantRequest, PageCall } from '../messaging/page-contract.ts'
import type { RoutstrProvider } from './api.ts'
import { isSafeInteger, NativePromise, randomHex, string } from './builtins.ts'
import { errorFromFacts, facts } from './errors.ts'
import type { Operation, Transport } from './transport.ts'

const PERIODS = ' once day week month '

type Calls = Pick<RoutstrProvider, 'availability' | 'getGrant' | 'enable' | 'requestBudget' | 'disconnect'>

/** The calling part of the provider. */
export function createCalls(transport: Transport): Calls {
  return {
    availability: () => ask(transport, () => ({ method: 'availability' })),
    getGrant: () => ask(transport, () => ({ method: 'getGrant' })),
    enable: (request = {}) => ask(transport, () => ({ method: 'enable', request: checked(request) })),
    requestBudget: (request) => ask(transport, () => ({ method: 'requestBudget', request: checked(request) })),
    disconnect: () => ask(transport, () => ({ method: 'disconnect' })),
  }
}

/** @param prepare may throw; the promise then rejects */
function ask<T>({ post, open, close }: Transport, prepare: () => PageCall): Promise<T> {
  return new NativePromise((resolve, reject) => {
    const id = randomHex()
    const call = prepare()
    const send = () => post({ t: 'call', id, call })
    const operation: Operation = {
      repeats: 0,
      again: send,
      receive(frame) {
        if (frame.t === 'fail') return operation.fail(frame.error)
        if (frame.t !== 'result') return
        close(id)
        // The contract says which result belongs to which method (CallResults); the background is ours.
        resolve(frame.value as T)
      },
      fail(error) {
        close(id)
        reject(errorFromFacts(error))
      },
    }
    open(id, operation)
    send()
  })
}

/**
 * The known fields, checked for the developer's comfort: the background checks again, and drops a page that sends nonsense.
 * @throws RoutstrAPIError `invalid_request_error`
 */
function checked({ budgetMsat, period, maxPerRequestMsat, reason }: GrantRequest): GrantRequest {
  if (
    !isAmount(budgetMsat) ||
    !isAmount(maxPerRequestMsat) ||
    (period && string.indexOf(PERIODS, ` ${period} `) < 0) ||
    (reason && (typeof reason !== 'string' || reason.length > 280))
  ) {
    throw errorFromFacts(facts('invalid_request_error', 'Wrong budgetMsat, maxPerRequestMsat, period or reason.'))
  }
  return { budgetMsat, period: period || undefined, maxPerRequestMsat, reason: reason || undefined }
}

function isAmount(value: number | undefined): boolean {
  return value === undefined || (isSafeInteger(value) && value >= 0)
}
