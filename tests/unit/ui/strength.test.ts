import { expect, it } from 'vitest'
import { strengthOf } from '../../../src/ui/lock/strength.ts'

it.each([
  ['', 'short'],
  ['seven77', 'short'],
  ['aaaaaaaaaaaaaaaaaaaa', 'weak'],
  ['password', 'weak'],
  ['Tr0ub4dor&3', 'fair'],
  ['seven herons in a row', 'good'],
  ['🦩🦩🦩🦩🦩🦩🦩', 'short'],
] as const)('%j is %s', (passphrase, level) => expect(strengthOf(passphrase).level).toBe(level))
