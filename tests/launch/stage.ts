/** The stage of `npm start`: the development network, and a Chromium with the extension in front of the demo page. */
import { parseArgs } from 'node:util'
import { startNetwork } from './network.ts'
import { showToUser } from './show.ts'
import { playStory } from './story.ts'

const { values } = parseArgs({
  options: { headless: { type: 'boolean', default: false }, upstream: { type: 'string' }, 'upstream-key': { type: 'string' }, models: { type: 'string' } },
})
const passedOn = (['upstream', 'upstream-key', 'models'] as const).flatMap((name) => (values[name] === undefined ? [] : [`--${name}`, values[name]]))
const hasDisplay = Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort(new Error('stopped')))

try {
  const network = await startNetwork(passedOn)
  try {
    if (hasDisplay && !values.headless) await showToUser(network.addresses, stop.signal)
    else await playStory(network.addresses, stop.signal)
  } finally {
    await network.stop()
  }
} catch (error) {
  console.error(stop.signal.aborted ? 'Stopped.' : error instanceof Error ? error.message : error)
  process.exitCode = 1
}
