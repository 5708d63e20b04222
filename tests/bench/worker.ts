/** The service worker in which the topics run: answers one question at a time, over the port that came with it. */
import { topics } from './topics.ts'

/** Another one after each restart. */
const workerId = crypto.randomUUID()

addEventListener('message', (event) => {
  const [port] = event.ports
  if (port === undefined) return
  const answer = run(event.data).then(
    (times) => port.postMessage({ workerId, times }),
    (error: unknown) => port.postMessage({ workerId, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
  if (isExtendable(event)) event.waitUntil(answer)
})

async function run({ topic: name, phase, relay }: { readonly topic: string; readonly phase: 'prepare' | 'measure'; readonly relay: string }): Promise<unknown> {
  const topic = topics.find((one) => one.name === name)
  if (topic === undefined) throw new Error(`there is no topic ${name}`)
  return phase === 'prepare' ? topic.prepare?.() : topic.measure(relay)
}

interface ExtendableMessage extends MessageEvent {
  waitUntil(until: Promise<unknown>): void
}

function isExtendable(event: MessageEvent): event is ExtendableMessage {
  return 'waitUntil' in event
}
