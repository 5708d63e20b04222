/**
 * Nutshell (Python package `cashu`, `cashu.md` §9.2) in a virtual environment under `.cache/`, made once and used again while
 * the versions stay the same. Whatever is missing (Python, pip, the network) is a sentence, never an exception.
 */
import { spawn } from 'node:child_process'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'

export const CACHE = fileURLToPath(new URL('../../.cache', import.meta.url))

const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']
/** Beside the mint: the newest releases of these two no longer work with it (an attribute and a strategy are gone). */
const PACKAGES = ['cashu==0.20.3', 'marshmallow<4', 'limits==3.14.1']
/** Its one dependency that has no usable release everywhere; only the Spark backend uses it, so an empty one will do. */
const STUB = { name: 'breez-sdk-spark', module: 'breez_sdk_spark', version: '0.15.0' }
/** Any class can be had from the empty module: the backend that is never used derives from some while it is imported. */
const STUB_CODE = `def __getattr__(name):
    if name.startswith('__'):
        raise AttributeError(name)
    return type(name, (), {})
`
const WANTED = JSON.stringify({ packages: PACKAGES, stub: STUB, code: STUB_CODE })
const INSTALL_MS = 300_000

export type Installed = { readonly folder: string } | { readonly folder: null; readonly reason: string }

/** @returns the folder of the environment, or the reason why there is none */
export async function installNutshell(): Promise<Installed> {
  const folder = join(CACHE, 'nutshell')
  if (await isReady(folder)) return { folder }
  const python = await findPython()
  if (python === null) return { folder: null, reason: 'no Python 3.10 or newer was found' }
  console.log('Installing Nutshell into .cache/nutshell; this takes about a minute …')
  const making = `${folder}-${process.pid}`
  try {
    await build(python, making)
    if (!(await isReady(folder))) {
      await rm(folder, { recursive: true, force: true })
      await rename(making, folder)
    }
    return { folder }
  } catch (error) {
    return { folder: null, reason: error instanceof Error ? error.message : 'its installation failed' }
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}

/** Program file of the environment's Python. Scripts in `bin/` name the folder they were made in, so only `-m` is used. */
export const pythonOf = (folder: string): string => join(folder, 'bin', 'python')

async function build(python: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await must('Python cannot make a virtual environment', python, ['-m', 'venv', folder])
  const place = await must('Python is unusual', pythonOf(folder), ['-c', 'import sysconfig; print(sysconfig.get_paths()["purelib"])'])
  await writeStub(place.trim())
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--retries', '1', '--timeout', '20']
  await must('pip could not install it', pythonOf(folder), [...pip, ...PACKAGES])
  await must('it does not start', pythonOf(folder), ['-c', 'import cashu.mint.main'])
  await writeFile(join(folder, 'routstr.json'), WANTED)
}

/** What pip leaves behind when it installs a package: then it takes this one for installed. */
async function writeStub(place: string): Promise<void> {
  const facts = join(place, `${STUB.module}-${STUB.version}.dist-info`)
  await mkdir(join(place, STUB.module), { recursive: true })
  await mkdir(facts, { recursive: true })
  await writeFile(join(place, STUB.module, '__init__.py'), STUB_CODE)
  await writeFile(join(facts, 'METADATA'), `Metadata-Version: 2.1\nName: ${STUB.name}\nVersion: ${STUB.version}\n`)
  await writeFile(join(facts, 'INSTALLER'), 'routstr\n')
  await writeFile(join(facts, 'RECORD'), '')
}

async function isReady(folder: string): Promise<boolean> {
  const made = await readFile(join(folder, 'routstr.json'), 'utf8').catch(() => '')
  if (made !== WANTED) return false
  // the Python it was made from may be gone
  return (await run(pythonOf(folder), ['--version'])).status === 0
}

async function findPython(): Promise<string | null> {
  for (const name of PYTHONS) {
    const { status, output } = await run(name, ['-c', 'import sys, json, venv, ensurepip; print(json.dumps(sys.version_info[:2]))'])
    if (status !== 0) continue
    const version = v.safeParse(v.pipe(v.string(), v.parseJson(), v.tuple([v.number(), v.number()])), output)
    if (version.success && (version.output[0] > 3 || (version.output[0] === 3 && version.output[1] >= 10))) return name
  }
  return null
}

async function must(complaint: string, file: string, parameters: readonly string[]): Promise<string> {
  const { status, output } = await run(file, parameters)
  if (status === 0) return output
  const said = output.split('\n').filter((line) => /error/i.test(line))
  throw new Error(`${complaint} (${(said.at(-1) ?? output).trim().slice(0, 200)})`)
}

/** Nothing of our surroundings may redirect the mint's packages: PYTHONPATH and friends are left out. */
function run(file: string, parameters: readonly string[]): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    const { PYTHONPATH: _path, PYTHONHOME: _home, ...env } = process.env
    const child = spawn(file, parameters, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: INSTALL_MS })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += piece))
    child.on('error', (error) => resolve({ status: 127, output: error.message }))
    child.on('close', (code) => resolve({ status: code ?? 1, output }))
  })
}
