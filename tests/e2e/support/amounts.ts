/** Money on our screens: every amount carries its exact value beside its text. */
import type { Locator } from './driver.ts'
import { expect } from './expect.ts'

export async function msatOf(amount: Locator): Promise<number> {
  await expect(amount).toHaveAttribute('data-msat', /^-?\d+$/)
  return Number(await amount.getAttribute('data-msat'))
}
