/** Every operation the generator knows: one file each, or one per kind. */
import { bystander } from './bystander.ts'
import { ladder } from './ladder.ts'
import { move, moveFromToken, topUp, withdraw, withdrawSlowly } from './lightning.ts'
import type { Operation } from './operation.ts'
import { protect } from './protect.ts'
import { receive, receiveAtOnce, receiveSeveral } from './receive.ts'
import { restore } from './restore.ts'
import { sendExact, sendSplit, takeBack } from './send.ts'
import { bringHome, session, sessionSplit } from './session.ts'
import { bringHere } from './sync.ts'

export const OPERATIONS: readonly Operation[] = [
  receive,
  receiveSeveral,
  receiveAtOnce,
  sendExact,
  sendSplit,
  takeBack,
  ladder,
  session,
  sessionSplit,
  bringHome,
  topUp,
  withdraw,
  withdrawSlowly,
  move,
  moveFromToken,
  restore,
  bringHere,
  protect,
  bystander,
]

export function operationNamed(name: string): Operation {
  const found = OPERATIONS.find((operation) => operation.name === name)
  if (found === undefined) throw new Error(`There is no operation "${name}"; there are ${OPERATIONS.map((operation) => operation.name).join(', ')}.`)
  return found
}
