// Finds a Chromium, or installs one where that can be done without asking. Built-ins only: it also runs before `npm ci`, on Node 20.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const USUAL_PLACES = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/usr/lib/chromium', '/opt/google/chrome']
const NOWHERE =
  'No Chromium was found: install one ("apt-get install chromium", or your system\'s way), or set CHROME_PATH to the program file of a Chromium.'

/** What every browser of ours is started with: it talks to nobody but the pages it is sent to. */
export function chromiumFlags() {
  return [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
    '--host-resolver-rules=MAP *.test 127.0.0.1',
  ]
}

/** @returns {string | null} */
export function findChromium() {
  const { CHROME_PATH } = process.env
  if (CHROME_PATH) {
    if (isProgram(CHROME_PATH)) return CHROME_PATH
    throw new Error(`CHROME_PATH is set to ${CHROME_PATH}, which is no program file.`)
  }
  const places = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...USUAL_PLACES]
  for (const name of NAMES) {
    const found = places.map((place) => join(place, name)).find(isProgram)
    if (found !== undefined) return found
  }
  return playwrightsOwn()
}

/**
 * @returns {string} path of the program
 * @throws Error with one sentence for a person
 */
export function ensureChromium() {
  const found = findChromium()
  if (found !== null) return found
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) throw new Error(NOWHERE)
  console.log('No Chromium on this machine: installing it with apt-get …')
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const call of [['update', '-qq'], ['install', '-y', '-qq', 'chromium']]) {
    const { status } = spawnSync('apt-get', call, { stdio: ['ignore', 'ignore', 'inherit'], env: environment })
    if (status !== 0) throw new Error(`"apt-get ${call[0]}" failed. ${NOWHERE}`)
  }
  const installed = findChromium()
  if (installed === null) throw new Error(NOWHERE)
  return installed
}

/** @param {string} path */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function playwrightsOwn() {
  const cache = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), '.cache', 'ms-playwright')
  if (!existsSync(cache)) return null
  const versions = readdirSync(cache).filter((name) => /^chromium-\d+$/.test(name)).sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)))
  return versions.flatMap((name) => ['chrome-linux64', 'chrome-linux'].map((folder) => join(cache, name, folder, 'chrome'))).find(isProgram) ?? null
}
