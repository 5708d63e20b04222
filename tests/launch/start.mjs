// `npm start`: installs what is missing, builds the extension, and opens the stage (stage.ts) with the Node of the packages.
//   -- --headless                        the story is played by a script, also where there is a display
//   -- --upstream URL --upstream-key K   a real OpenAI-compatible server behind the development network
import { fileURLToPath } from 'node:url'
import { ensureChromium } from './chromium.mjs'
import { run } from './children.mjs'
import { environment, prepare, program, ROOT } from './prepare.mjs'

try {
  await prepare()
  const env = environment({ CHROME_PATH: ensureChromium() })
  console.log('Building the extension …')
  const built = await run(program('wxt'), ['build'], { cwd: ROOT, env, quiet: true })
  if (built.status !== 0) throw new Error(`"wxt build" failed:\n${built.output}`)
  const { status } = await run(program('node'), [fileURLToPath(new URL('./stage.ts', import.meta.url)), ...process.argv.slice(2)], { cwd: ROOT, env })
  process.exitCode = status
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
