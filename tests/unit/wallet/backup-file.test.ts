import { describe, expect, it } from 'vitest'
import { msat } from '../../../src/domain/msat.ts'
import type { Contents } from '../../../src/wallet/backup/contents.ts'
import { openBackup, sealBackup } from '../../../src/wallet/backup/file.ts'

const passphrase = 'a passphrase of many words'
const contents: Contents = {
  madeAt: 1_700_000_000_000,
  words: 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about',
  seedConfirmedAt: null,
  mints: [{ url: 'https://mint.example.com', name: 'Mint', addedAt: 1, trusted: true }],
  counters: [{ keysetId: '01aa', next: 7 }],
  notes: [
    { secret: 's', mint: 'https://mint.example.com', unit: 'sat', keysetId: '01aa', amount: 8, C: '02ab', dleq: null, state: 'ready', operationId: null },
  ],
  topUps: [],
  sends: [],
  incoming: [
    {
      id: 'a',
      token: 'cashuB',
      mint: 'https://mint.example.com',
      unit: 'sat',
      amount: 1,
      amountMsat: msat(1000),
      from: 'user',
      sessionId: null,
      state: 'stored',
      problem: null,
      operationId: null,
      at: 1,
    },
  ],
  sessions: [],
  attempts: [],
  grants: [],
  holds: [],
  sites: [],
  settings: { floatSat: 5 },
}

describe('the backup file', () => {
  it('gives back what was put in', async () => {
    expect(await openBackup(await sealBackup(contents, passphrase), passphrase)).toEqual(contents)
  })

  it('shows nothing but how to open it, and no two are alike', async () => {
    const [one, two] = [await sealBackup(contents, passphrase), await sealBackup(contents, passphrase)]
    expect(Object.keys(JSON.parse(one))).toEqual(['format', 'version', 'kdf', 'cipher', 'data'])
    expect(JSON.parse(one).kdf.iterations).toBeGreaterThanOrEqual(600_000)
    expect(JSON.parse(one).data).not.toBe(JSON.parse(two).data)
  })

  it('cut anywhere it is refused, never a crash', async () => {
    const text = await sealBackup(contents, passphrase)
    for (let length = 0; length < text.length; length += 100) {
      await expect(openBackup(text.slice(0, length), passphrase), `${length}`).rejects.toMatchObject({ code: 'invalid_backup' })
    }
  })

  it('changed anywhere it is refused: head, salt, data', async () => {
    const file = JSON.parse(await sealBackup(contents, passphrase))
    const flip = (text: string, at: number) => `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
    const changed = [
      { ...file, kdf: { ...file.kdf, iterations: 700_000 } },
      { ...file, kdf: { ...file.kdf, salt: flip(file.kdf.salt, 3) } },
      { ...file, cipher: { ...file.cipher, iv: flip(file.cipher.iv, 3) } },
      { ...file, data: flip(file.data, 10) },
      { ...file, data: flip(file.data, file.data.length - 8) },
    ]
    for (const bad of changed) await expect(openBackup(JSON.stringify(bad), passphrase)).rejects.toMatchObject({ code: 'wrong_passphrase' })
    const absurd = [
      { ...file, kdf: { ...file.kdf, iterations: 1_000 } },
      { ...file, kdf: { ...file.kdf, iterations: 1e12 } },
      { ...file, data: 12 },
      [],
      null,
      'x',
    ]
    for (const bad of absurd) await expect(openBackup(JSON.stringify(bad), passphrase)).rejects.toMatchObject({ code: 'invalid_backup' })
  })

  it.each([
    ['a note at a private address', { notes: [{ ...contents.notes[0], mint: 'https://192.168.0.1' }] }],
    ['a negative amount', { notes: [{ ...contents.notes[0], amount: -8 }] }],
    ['an insecure site', { sites: [{ origin: 'http://evil.example', blocked: false, lastUsedAt: 0 }] }],
  ])('%s inside it is left out, whoever made it; the rest is read', async (_, wrong) => {
    const opened = await openBackup(await sealBackup(Object.assign({}, contents, wrong), passphrase), passphrase)
    expect(opened.words).toEqual(contents.words)
    expect('notes' in wrong ? opened.notes : opened.sites).toEqual([])
  })

  it('without words it is refused', async () => {
    await expect(openBackup(await sealBackup(Object.assign({}, contents, { words: undefined }), passphrase), passphrase)).rejects.toMatchObject({
      code: 'invalid_backup',
    })
  })
})
