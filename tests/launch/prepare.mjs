// Before anything else: the packages, and with them the Node that everything after this runs on. Built-ins only, Node 20.
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './children.mjs'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BIN = join(ROOT, 'node_modules', '.bin')

/** Path of a program of our packages. */
export const program = (name) => join(BIN, name)

/** Every script with `#!/usr/bin/env node` finds the Node of the packages first. */
export const environment = (more = {}) => ({ ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}`, ...more })

/** Installs what is missing. @throws Error with one sentence */
export async function prepare() {
  const why = whyInstall()
  if (why === null) return
  console.log(`Installing the packages (${why}); this takes about a minute …`)
  const began = Date.now()
  // Not `npm ci`: it refuses a lock that does not name the optional packages of every other platform, and a registry that has
  // only those of this one writes such a lock. This takes the same versions and checks the same hashes; that is looked at below.
  const { status, output } = await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: ROOT, quiet: true })
  if (status !== 0) throw new Error(`"npm install" failed:\n${output}`)
  const still = whyInstall()
  if (still !== null) throw new Error(`After "npm install" the packages are still not those of package-lock.json (${still}).`)
  console.log(`Packages installed in ${Math.round((Date.now() - began) / 1000)} s.`)
}

function whyInstall() {
  const kept = join(ROOT, 'node_modules', '.package-lock.json')
  if (!existsSync(kept)) return 'there are none yet'
  const wanted = packagesOf(join(ROOT, 'package-lock.json'))
  const present = packagesOf(kept)
  const changed = Object.entries(wanted).some(([path, entry]) => (present[path]?.version ?? (entry.optional ? entry.version : null)) !== entry.version)
  return changed ? 'they differ from package-lock.json' : null
}

function packagesOf(file) {
  const { '': _project, ...packages } = JSON.parse(readFileSync(file, 'utf8')).packages
  return packages
}
