// Programs we start: their output streams through, and they end when we do.
import { spawn } from 'node:child_process'

const running = new Set()
/** Set once somebody wants us to stop. */
let stopping = false

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stopping = true
    // a terminal tells its whole group; a second SIGTERM does no harm
    for (const child of running) child.kill('SIGTERM')
  })
}

/**
 * @param {string} file
 * @param {readonly string[]} parameters
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} options quiet: the output is kept instead of shown
 * @returns {Promise<{ status: number, output: string }>}
 */
export function run(file, parameters, { cwd, env = process.env, quiet = false } = {}) {
  if (stopping) return Promise.resolve({ status: 130, output: 'stopped' })
  return new Promise((resolve) => {
    const child = spawn(file, parameters, { cwd, env, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'] })
    running.add(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece) => (output += piece))
    child.on('error', (error) => end(127, error.message))
    child.on('close', (code) => end(code ?? 1, output))
    function end(status, text) {
      running.delete(child)
      resolve({ status, output: text })
    }
  })
}
