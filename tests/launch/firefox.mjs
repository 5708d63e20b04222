// Finds a Firefox, or installs Debian's where that can be done without asking. Built-ins only, as chromium.mjs.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { isProgram } from './chromium.mjs'

/** The ESR first: it is what the tests are measured with. */
const NAMES = ['firefox-esr', 'firefox']
const USUAL_PLACES = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/firefox']
const NOWHERE = 'No Firefox was found: install one ("apt-get install firefox-esr", or your system\'s way), or set FIREFOX_PATH to its program file.'

/** @returns {string | null} */
export function findFirefox() {
  const { FIREFOX_PATH } = process.env
  if (FIREFOX_PATH) {
    if (isProgram(FIREFOX_PATH)) return FIREFOX_PATH
    throw new Error(`FIREFOX_PATH is set to ${FIREFOX_PATH}, which is no program file.`)
  }
  const places = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...USUAL_PLACES]
  return NAMES.flatMap((name) => places.map((place) => join(place, name))).find(isProgram) ?? null
}

/**
 * @returns {string} path of the program
 * @throws Error with one sentence for a person
 */
export function ensureFirefox() {
  const missing = missingFirefox()
  const found = findFirefox()
  if (missing !== null || found === null) throw new Error(missing ?? NOWHERE)
  return found
}

/** @returns {string | null} null when there is one, or one could be installed; otherwise a sentence for a person */
export function missingFirefox() {
  return (findFirefox() ?? installFirefox()) === null ? NOWHERE : null
}

/** @returns {string | null} null where it can not be installed */
function installFirefox() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return null
  console.log('No Firefox on this machine: installing it with apt-get …')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const call of [['update', '-qq'], ['install', '-y', '-qq', 'firefox-esr']]) {
    const { status } = spawnSync('apt-get', call, { stdio: ['ignore', 'ignore', 'inherit'], env })
    if (status !== 0) return null
  }
  return findFirefox()
}
