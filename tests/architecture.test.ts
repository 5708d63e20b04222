/** Who may know whom (design §4), asserted exactly; `import type` counts. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

const MAY_KNOW: Record<string, readonly string[]> = {
  domain: [],
  protocol: ['domain'],
  messaging: ['domain'],
  wallet: ['domain'],
  permissions: ['domain'],
  registry: ['domain', 'protocol'],
  trust: ['domain'],
  routing: ['domain'],
  sessions: ['domain', 'protocol', 'wallet'],
  engine: ['domain', 'protocol', 'wallet', 'permissions', 'registry', 'trust', 'routing', 'sessions'],
  storage: ['domain', 'wallet', 'sessions', 'registry', 'trust', 'permissions', 'engine'],
  browser: ['domain', 'messaging'],
  page: ['domain', 'messaging'],
  ui: ['domain', 'messaging'],
  background: ['domain', 'protocol', 'messaging', 'wallet', 'permissions', 'registry', 'trust', 'routing', 'sessions', 'engine'],
}

/** Packages that only these files may import. */
const OWNERS: readonly (readonly [RegExp, RegExp])[] = [
  [/^(webextension-polyfill|wxt\/browser)$/, /^(src\/browser\/|entrypoints\/)/],
  [/^dexie$/, /^src\/storage\//],
  [/^@cashu\/cashu-ts$/, /^src\/wallet\//],
  [/^nostr-tools(\/|$)/, /^src\/(registry\/relays|protocol\/(announcement|nostr-event)|trust\/.*|wallet\/backup.*)\.ts$|^src\/(trust|wallet\/(backup|nwc))\//],
]

interface Source {
  readonly file: string
  readonly text: string
  readonly imports: readonly string[]
}

function sources(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const text = readFileSync(path, 'utf8')
      const imports = [
        ...text.matchAll(
          /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|(?:^|[^\w.])import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g,
        ),
      ]
      return { file: relative(root, path), text, imports: imports.flatMap((match) => match[1] ?? match[2] ?? match[3] ?? []) }
    })
}

const all = [...sources('src'), ...sources('entrypoints')]
const roomOf = (file: string): string => file.split('/')[1] ?? ''

describe('the rooms', () => {
  it('are the ones of the design', () => {
    const rooms = readdirSync(join(root, 'src')).sort()
    expect(rooms.filter((room) => !(room in MAY_KNOW))).toEqual([])
  })

  it.each(Object.entries(MAY_KNOW))('%s knows only %j', (room, allowed) => {
    const strangers = all
      .filter(({ file }) => file.startsWith(`src/${room}/`))
      .flatMap(({ file, imports }) =>
        imports.filter((name) => name.startsWith('.')).map((name) => ({ file, room: roomOf(relative(root, resolve(root, dirname(file), name))), name })),
      )
      .filter((known) => known.room !== room && !allowed.includes(known.room))
      .map(({ file, name }) => `${file} → ${name}`)
    expect(strangers).toEqual([])
  })

  it.each(OWNERS)('%s is imported only by its owner %s', (name, owner) => {
    const strangers = all.filter(({ file, imports }) => imports.some((imported) => name.test(imported)) && !owner.test(file)).map(({ file }) => file)
    expect(strangers).toEqual([])
  })

  it('extension APIs are used by their bare names nowhere', () => {
    const users = all.filter(
      ({ file, text }) =>
        !file.startsWith('src/browser/') &&
        /(?<![\w.'"`/])(?:chrome|browser)\.(?:runtime|tabs|windows|storage|alarms|action)\b/.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')) &&
        !file.startsWith('entrypoints/'),
    )
    expect(users.map(({ file }) => file)).toEqual([])
  })
})

describe('the files', () => {
  it('have at most 250 lines', () => {
    expect(all.filter(({ text }) => text.split('\n').length > 251).map(({ file, text }) => `${file}: ${text.split('\n').length - 1}`)).toEqual([])
  })

  it('entrypoints only wire: at most 40 lines', () => {
    expect(all.filter(({ file, text }) => file.startsWith('entrypoints/') && text.split('\n').length > 41).map(({ file }) => file)).toEqual([])
  })

  it('hide nothing behind barrels and catch-all names', () => {
    expect(all.filter(({ file }) => /(^|\/)(utils|helpers|common|services|managers|types|index)(\/|\.tsx?$)/.test(file)).map(({ file }) => file)).toEqual([])
  })

  it('never take ids from Math.random, never write HTML, never silence the compiler', () => {
    const bad = /Math\.random\(|innerHTML|dangerouslySetInnerHTML|@ts-(ignore|expect-error)|\bas any\b|: any\b|as unknown as/
    expect(all.filter(({ text }) => bad.test(text)).map(({ file }) => file)).toEqual([])
  })
})
