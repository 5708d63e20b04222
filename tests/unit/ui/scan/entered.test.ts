/** What a person pastes, drops or scans, and which tokens are found in it. */
import { describe, expect, it } from 'vitest'
import { pastedToken, pastedTokens } from '../../../../src/ui/receive/pasted-token.ts'
import { entered } from '../../../../src/ui/receive/use-entered.ts'

const A = `cashuA${'eyJ0b2tlbiI6W3'.repeat(3)}`
const B = `cashuB${'o2FteCJodHRwcz'.repeat(3)}`
const C = `cashuB${'o2Zz_-cashuBxx'.repeat(3)}`
const NOTHING = { text: '', waiting: [] }

describe('tokens in a text', () => {
  it.each([
    ['one', B, [B]],
    ['one of another version', A, [A]],
    ['a link', `cashu:${B}`, [B]],
    ['a web link', `web+cashu://${B}`, [B]],
    ['in quotes', `"${B}"`, [B]],
    ['broken over lines', B.replace(/(.{9})/g, '$1\n'), [B]],
    ['two by line', `${A}\n${B}`, [A, B]],
    ['two by comma, as links', `cashu:${A}, cashu:${B}`, [A, B]],
    ['a list of JSON', JSON.stringify([A, B]).slice(1, -1), [A, B]],
    ['the same twice', `${B}\n${B}`, [B]],
    ['behind words', `Thanks for lunch! Here it is: ${B}`, [B]],
    ['the letters of a beginning inside of one', C, [C]],
    ['none', 'my grandmother', []],
    ['a mark-up', `<b>${B}</b>`, []],
    ['nothing', '', []],
  ])('%s', (_, text, tokens) => expect(pastedTokens(text)).toEqual(tokens))

  it('a single one is what the field understands too', () => {
    for (const text of [B, `cashu:${B}`, `"${B}"`, B.replace(/(.{9})/g, '$1 ')]) expect(pastedToken(text)).toBe(B)
  })
})

describe('the queue of the form', () => {
  it('shows the first of several, the others wait', () => {
    expect(entered(NOTHING, `${A}\n${B}\n${C}`)).toEqual({ text: A, waiting: [B, C] })
  })
  it('leaves in the field what was typed, as it was typed', () => {
    for (const text of ['cash', `cashu:${B}`, ` ${B}`, 'my grandmother']) expect(entered(NOTHING, text)).toEqual({ text, waiting: [] })
  })
  it('takes a token out of words', () => {
    expect(entered(NOTHING, `take this: ${B}`)).toEqual({ text: B, waiting: [] })
  })
  it('never forgets one that waits, and never lists one twice', () => {
    expect(entered({ text: A, waiting: [B] }, C)).toEqual({ text: C, waiting: [B] })
    expect(entered({ text: A, waiting: [B] }, `${C} ${B}`)).toEqual({ text: C, waiting: [B] })
    expect(entered({ text: A, waiting: [B, C] }, B)).toEqual({ text: B, waiting: [C] })
  })
})
