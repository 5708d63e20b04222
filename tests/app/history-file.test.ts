/** The history as a file: any program reads it, it runs nowhere as a formula, and it opens no purse. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeWithMemo, historyOf, LIMITS, STEPS, sumOf } from './history-steps.ts'
import { wordsOf } from './restoring.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  await stage.world.screen.call('mints.add', { url: stage.devnet.otherMint.url })
  stage.world.answerWith(LIMITS)
})
afterEach(() => stage.stop())

const take = async (...names: readonly string[]): Promise<void> => {
  for (const name of names) await STEPS[name]?.(stage)
}
const file = (format: 'csv' | 'json') => stage.world.screen.call('history.export', { format })
const receiveSaying = async (memo: string) => stage.world.screen.call('tokens.receive', { token: await encodeWithMemo(stage, memo), trustMint: false })

describe('the file', () => {
  it('is a table any program reads: amounts, times, and changes that add up to the wallet', async () => {
    await take('five tokens in one swap', 'a payment', 'a token of msat', 'a token of usd', 'a request', 'everything home')
    const { fileName, text } = await file('csv')
    expect(fileName).toMatch(/^routstr-history-\d{4}-\d\d-\d\d\.csv$/)
    const [header = [], ...rows] = readCsv(text)
    expect(header.join()).toBe('time,kind,direction,state,amount,unit,amount_msat,fee,fee_msat,change,mint,counterparty,problem')
    expect(rows.every((row) => row.length === header.length)).toBe(true)
    const lines = await historyOf(stage)
    expect(rows.map(([time]) => Date.parse(time ?? ''))).toEqual(lines.map(({ at }) => at))
    const sum = (unit: string): number => rows.filter((row) => row[5] === unit).reduce((total, row) => total + Number(row[9]), 0)
    expect(sum('sat') * 1000 + sum('msat')).toBe((await stage.world.ledger()).walletMsat)
    expect(sum('usd')).toBe(sumOf(lines).usd)
    expect(JSON.parse((await file('json')).text).movements).toHaveLength(rows.length)
  })

  it('no memo is a formula, and none breaks a line', async () => {
    const memos = ['=1+1', '+1', '-1+1', '@SUM(A1)', '\t=1', '  =1', '\u200b=1', '\uff1d1+1', '=HYPERLINK("https://evil.example","a, ""b""")\nline']
    for (const memo of memos) await receiveSaying(memo)
    const [header = [], ...rows] = readCsv((await file('csv')).text)
    expect(rows.every((row) => row.length === header.length)).toBe(true)
    const told = rows.map((row) => row[11] ?? '').filter((cell) => cell !== '')
    expect(told).toHaveLength(memos.length)
    expect(told.filter((cell) => !cell.startsWith("'"))).toEqual([])
  })

  it('tells no secret: no token, no note, no invoice, no word, although a memo quotes one', async () => {
    await receiveSaying(`take this: ${await stage.devnet.faucet(5)}`)
    await take('a token for a friend', 'a payment', 'a top-up', 'a request', 'a move between mints')
    const { database } = stage.world
    const secrets = [
      ...(await database.purse.toArray()).flatMap(({ secret, C }) => [secret, C]),
      ...(await database.withdrawals.toArray()).flatMap(({ invoice, preimage }) => [invoice, preimage ?? invoice]),
      ...(await database.topUps.toArray()).map(({ invoice }) => invoice),
      ...(await database.sessions.toArray()).map(({ key }) => key),
      await wordsOf(stage.world),
    ]
    for (const text of [(await file('csv')).text, (await file('json')).text, JSON.stringify(await historyOf(stage))]) {
      expect(text).toContain('take this: [secret]')
      expect(text).not.toMatch(/cashu[AB]|sk-[0-9a-f]/)
      expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
    }
  })
})

/** RFC 4180, by the letter. */
function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}
