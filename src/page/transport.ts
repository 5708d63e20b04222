/** One MessagePort, many requests: sends frames, hands answers to the operation they belong to, and survives a lost worker once. */
import type { BackgroundFrame, WrittenFrame } from '../messaging/page-contract.ts'
import type { ErrorFacts } from '../domain/errors.ts'
import { createObject, messageData, postMessage, property } from './builtins.ts'
import { facts } from './errors.ts'
import type { Emit } from './events.ts'
import type { AnswerFrame, LossReason } from './frames.ts'

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
  post(frame: WrittenFrame): void
  open(id: string, operation: Operation): void
  close(id: string): void
}

/** A question may outlast several workers; one that dies of our own request must not live for ever. */
const MOST_REPEATS = 5

/** Takes the port over for as long as the document lives. */
export const createTransport = (port: MessagePort, emit: Emit, onDelegated: () => void): Transport => {
  const operations: Record<string, Operation> = createObject(null)
  let connected = false
  const post = (frame: WrittenFrame) => postMessage(port, frame)

  port.onmessage = (event) => {
    const frame: BackgroundFrame = messageData(event)
    // Whatever is malformed beyond that is dropped where it is used (G13).
    if (typeof property(frame, 't') !== 'string') return
    if (frame.t === 'lost') return lose(frame.reason)
    if (frame.t === 'delegated') return onDelegated()
    if (!connected) emit('connect', null)
    connected = true
    if (frame.t === 'event') return emit(frame.name, frame.detail)
    const operation = operations[frame.id]
    try {
      operation?.receive(frame)
    } catch {
      // A frame that makes no sense: what follows it would not either.
      post({ t: 'abort', id: frame.id })
      operation?.fail(facts('stream_interrupted', 'The answer arrived damaged.'))
    }
  }

  const lose = (reason: LossReason): void => {
    const isReloaded = reason === 'extension_reloaded'
    const isAsleep = reason === 'worker_lost'
    const error = facts(reason, `${isReloaded ? 'Reload the page. ' : ''}Unspent money returns to the wallet by itself.`, isReloaded ? 503 : 424)
    let busy = false
    connected = false
    for (const id in operations) {
      const operation = operations[id] as Operation
      busy = true
      // The background knows the id from its rows and never pays twice for it.
      if (isAsleep && operation.again && operation.repeats++ < MOST_REPEATS) operation.again()
      else operation.fail(error)
    }
    // A worker that slept while nothing ran is no news.
    if (isAsleep ? busy : isReloaded) emit('disconnect', { reason: isAsleep ? reason : 'extension_updated' })
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
