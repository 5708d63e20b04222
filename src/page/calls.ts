/** Questions to the background that are not requests to a provider: grants, availability, estimates. Refusals reject. */
import type { PageCall } from '../messaging/page-contract.ts'
import type { RoutstrProvider } from './api.ts'
import { assign, NativePromise, parseJson, randomHex, toJson } from './builtins.ts'
import { errorFromFacts } from './errors.ts'
import type { Operation, Transport } from './transport.ts'

type Method = PageCall['method']
type Calls = Pick<RoutstrProvider, Method>

const METHODS: readonly Method[] = ['availability', 'getInfo', 'getGrant', 'enable', 'requestBudget', 'disconnect', 'estimate', 'recommend', 'batch']

/** The calling part of the provider. The background checks what is asked; a wrong argument comes back as `invalid_request_error`. */
export const createCalls = (transport: Transport): Calls => {
  const calls = {}
  for (let i = 0; i < METHODS.length; i++) {
    const method = METHODS[i] as Method
    assign(calls, { [method]: (request: unknown) => ask(transport, method, request) })
  }
  // The contract says which result belongs to which method (CallResults); the background is ours.
  return calls as Calls
}

const ask = ({ post, open, close }: Transport, method: Method, request: unknown): Promise<unknown> =>
  new NativePromise((resolve, reject) => {
    const id = randomHex()
    // What JSON can not say is the page's mistake, and must not reach a pipe that would break on it.
    const call = parseJson(toJson({ method, request }))
    const again = () => post({ t: 'call', id, call })
    const operation: Operation = {
      repeats: 0,
      again,
      receive(frame) {
        close(id)
        if (frame.t === 'result') resolve(frame.value)
        else if (frame.t === 'fail') operation.fail(frame.error)
      },
      fail(error) {
        close(id)
        reject(errorFromFacts(error))
      },
    }
    open(id, operation)
    again()
  })
