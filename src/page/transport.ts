/** One MessagePort, many requests: sends frames, hands answers to the operation they belong to, and survives a lost worker once. */
import type { PageFrame } from '../messaging/page-contract.ts'
import type { ErrorFacts } from '../domain/errors.ts'
import { channel, createObject, message } from './builtins.ts'
import { facts } from './errors.ts'
import type { Emit } from './events.ts'
import { isFrame, type AnswerFrame, type LossReason } from './frames.ts'

/** A request or call that waits for its answer. */
export interface Operation {
  /** Sends everything again under the same id; null once the background has begun to answer. */
  again: (() => void) | null
  /** How often that has been done. */
  repeats: number
  receive(frame: AnswerFrame): void
  /** The end: nothing could help. */
  fail(facts: ErrorFacts): void
}

export interface Transport {
  post(frame: PageFrame): void
  open(id: string, operation: Operation): void
  close(id: string): void
}

/** A question may outlast several workers; one that dies of our own request must not live for ever. */
const MOST_REPEATS = 5
const SETTLED = 'Unspent money returns to the wallet by itself.'

/** Takes the port over for as long as the document lives. */
export function createTransport(port: MessagePort, emit: Emit): Transport {
  const operations: Record<string, Operation> = createObject(null)
  let connected = false
  const post = (frame: PageFrame) => channel.postMessage(port, frame)

  port.onmessage = (event) => {
    const frame: unknown = message.data(event)
    if (!isFrame(frame)) return
    if (frame.t === 'lost') return lose(frame.reason)
    if (!connected) emit('connect', null)
    connected = true
    if (frame.t === 'event') return emit(frame.name, frame.detail)
    const operation = operations[frame.id]
    try {
      operation?.receive(frame)
    } catch {
      // A frame that makes no sense: what follows it would not either.
      post({ t: 'abort', id: frame.id })
      operation?.fail(facts('stream_interrupted', 'The answer arrived damaged.', 424))
    }
  }

  function lose(reason: LossReason): void {
    const workerLost = reason === 'worker_lost'
    let busy = false
    connected = false
    for (const id in operations) {
      const operation = operations[id]
      if (operation === undefined) continue
      busy = true
      const again = operation.repeats++ < MOST_REPEATS ? operation.again : null
      // The background knows the id from its rows and never pays twice for it.
      if (workerLost && again !== null) again()
      else if (reason === 'extension_reloaded') operation.fail(facts(reason, `Reload the page. ${SETTLED}`, 503))
      else operation.fail(facts(reason, SETTLED, 424))
    }
    // A worker that slept while nothing ran is no news.
    if (workerLost && busy) emit('disconnect', { reason })
    if (reason === 'extension_reloaded') emit('disconnect', { reason: 'extension_updated' })
  }

  return {
    post,
    open(id, operation) {
      operations[id] = operation
    },
    close(id) {
      delete operations[id]
    },
  }
}
