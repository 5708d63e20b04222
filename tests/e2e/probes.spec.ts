/** The setting for trying models: off as it comes, with a budget that a person can set. What it does is played in `tests/app/probes.test.ts`. */
import { openOptions } from './support/options.ts'
import { expect, grantedPage, test } from './support/test.ts'

test('trying models is off, is switched on with ten sat a day, takes another budget, and stays as it is', async ({ user, sites }) => {
  await grantedPage(user, sites.home)
  const options = await openOptions(user, 'settings')
  await expect(options.by('probes-switch')).toHaveAttribute('aria-checked', 'false')
  await expect(options.by('probes-input')).toHaveCount(0)
  await options.by('probes-switch').click()
  await expect(options.by('probes-input')).toHaveValue('10')
  await expect(options.by('probes-today')).toContainText('none tried yet')
  await options.by('probes-input').fill('4')
  await expect(options.by('probes')).toContainText('Whole sats, from 5 to 1000.')
  await expect(options.by('probes-input-save')).toBeDisabled()
  await options.by('probes-input').fill('25')
  await options.by('probes-input-save').click()
  await expect(options.by('probes-input-save')).toHaveCount(0)
  await options.close()
  const again = await openOptions(user, 'settings')
  await expect(again.by('probes-input')).toHaveValue('25')
  await again.by('probes-switch').click()
  await expect(again.by('probes-switch')).toHaveAttribute('aria-checked', 'false')
})
