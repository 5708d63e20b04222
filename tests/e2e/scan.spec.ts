/** QR codes in and out, with a real camera pipeline: static, moving (NUT-16), pictures; and every way in which a camera can fail. */
import { drawQr } from '../../src/ui/parts/qr-drawing.ts'
import { animate } from '../../src/ui/ur/encode.ts'
import { expectAccessible } from './support/accessible.ts'
import { msatOf } from './support/amounts.ts'
import { film, TWO_CAMERAS, watchCameras, watchCodes } from './support/camera.ts'
import { playwrightPage } from './support/chromium.ts'
import { openOptions } from './support/options.ts'
import { openPopup } from './support/popup.ts'
import { checkBooks, expect, onlyInChromium, openConnected, test } from './support/test.ts'

const FILMED = 'Firefox can not be given a film for its camera'

function svgOf(text: string): string {
  const { size, runs } = drawQr(text)
  const boxes = runs.map(({ x, y, width }) => `<rect x="${x}" y="${y}" width="${width}" height="1"/>`)
  return `<svg viewBox="0 0 ${size} ${size}" width="400"><rect width="400" height="400" fill="#fff"/>${boxes.join('')}</svg>`
}

test('a static code in front of the camera is received, and the camera goes off', onlyInChromium(FILMED), async ({ devnet }) => {
  const shown = film([drawQr(await devnet.faucet(321))])
  const user = await openConnected(devnet, { flags: shown.flags })
  const options = await openOptions(user)
  const cameras = await watchCameras(user, options.page)
  const before = await msatOf(options.by('balance'))
  await options.by('scan-open').click()
  await expect(options.by('token-facts')).toContainText('321')
  await expect(options.by('scan-view')).toHaveCount(0)
  expect(await cameras()).toEqual(['ended'])
  expect(await msatOf(options.by('balance'))).toBe(before)
  await options.by('receive-submit').click()
  await expect(options.by('receive-done')).toBeVisible()
  await expect.poll(() => msatOf(options.by('balance'))).toBeGreaterThan(before + 315_000)
  await user.close()
  await shown.remove()
})

test('a long token: the moving code on one screen is read by the camera of another', onlyInChromium(FILMED), async ({ devnet }) => {
  test.setTimeout(120_000)
  const sender = await openConnected(devnet)
  const giving = await openOptions(sender)
  await giving.tab('send')
  await giving.by('send-amount').fill('1023')
  await giving.by('send-memo').fill('x'.repeat(120))
  await giving.by('send-submit').click()
  await expect(giving.by('animated-qr')).toHaveAttribute('data-parts', /\d+/)
  const token = await giving.by('send-token').inputValue()
  expect(token.length).toBeGreaterThan(1200)
  await giving.by('animated-qr-speed').selectOption('fast')
  const medium = (await giving.by('animated-qr').getAttribute('data-parts')) ?? ''
  await giving.by('animated-qr-size').selectOption('large')
  await expect(giving.by('animated-qr')).not.toHaveAttribute('data-parts', medium)
  const parts = Number(await giving.by('animated-qr').getAttribute('data-parts'))
  // the camera misses every fifth frame; the film is a loop, so it must hold enough of the others for every token
  const codes = (await watchCodes(giving.page, parts * 5)).filter((_, index) => index % 5 !== 0)
  const shown = film(codes, 5)

  const friend = await openConnected(devnet, { flags: shown.flags })
  const taking = await openOptions(friend)
  await taking.by('scan-open').click()
  await expect(taking.by('scan-progress')).toBeVisible()
  await expect(taking.by('token-facts')).toContainText('1 023', { timeout: 30_000 })
  await expect(taking.by('receive-input')).toHaveValue(token)
  await taking.by('receive-submit').click()
  await expect(taking.by('receive-done')).toBeVisible()
  await checkBooks([sender, friend], devnet)
  await sender.close()
  await friend.close()
  await shown.remove()
})

test('the moving code can be paused, and stands still for who wants less motion', onlyInChromium('it needs a clock that the test turns'), async ({ user }) => {
  const options = await openOptions(user)
  await options.page.emulateMedia({ reducedMotion: 'reduce' })
  await options.tab('send')
  await options.by('send-amount').fill('1023')
  await options.by('send-memo').fill('x'.repeat(120))
  await options.by('send-submit').click()
  const code = options.by('animated-qr')
  await expect(code.getByTestId('qr')).toBeVisible()
  await expect(options.by('animated-qr-pause')).toHaveText('Play')
  await expect(code).toHaveAttribute('data-frame', '1')
  await expectAccessible(options.page)
  await options.by('animated-qr-pause').click()
  await expect(code).not.toHaveAttribute('data-frame', '1')
  await options.by('animated-qr-pause').click()
  await expect(options.by('animated-qr-pause')).toHaveText('Play')
  // its clock stops with the next picture
  await options.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  const still = await code.getAttribute('data-frame')
  const { clock } = playwrightPage(user, options.page)
  await clock.install()
  await clock.runFor(2_000)
  expect(await code.getAttribute('data-frame')).toBe(still)
})

test('pictures: chosen in the scanner, dropped on the form, and one without a code', async ({ user, devnet }) => {
  const options = await openOptions(user)
  const token = await devnet.faucet(64)
  const page = await user.open('about:blank')
  await page.setContent(svgOf(token))
  const picture = await page.screenshot()
  await page.setContent('<p>my grandmother</p>')
  const noCode = await page.screenshot()
  await page.close()

  await options.by('scan-open').click()
  await expect(options.by('scan-trouble')).toHaveAttribute('data-trouble', 'none')
  await options.by('scan-file').setInputFiles({ name: 'grandmother.png', mimeType: 'image/png', buffer: noCode })
  await expect(options.by('scan-said')).toContainText('There is no QR code in this picture')
  await options.by('scan-file').setInputFiles({ name: 'letter.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
  await expect(options.by('scan-said')).toContainText('no picture that the browser can open')
  await options.by('scan-file').setInputFiles({ name: 'token.png', mimeType: 'image/png', buffer: picture })
  await expect(options.by('receive-input')).toHaveValue(token)
  await expect(options.by('token-facts')).toContainText('64')

  await options.by('receive-input').fill('')
  await options.page.evaluate(
    (bytes) => {
      const data = new DataTransfer()
      data.items.add(new File([Uint8Array.from(bytes)], 'token.png', { type: 'image/png' }))
      document.querySelector('[data-testid=receive-input]')?.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }))
    },
    [...picture],
  )
  await expect(options.by('receive-input')).toHaveValue(token)
  await options.by('receive-submit').click()
  await expect(options.by('receive-done')).toBeVisible()
})

test('several tokens at once are received one at a time', async ({ user, devnet }) => {
  const options = await openOptions(user)
  const tokens = [await devnet.faucet(31), await devnet.faucet(22), await devnet.faucet(13)]
  await options.by('receive-input').fill(tokens.join('\n'))
  for (const [index, token] of tokens.entries()) {
    await expect(options.by('receive-input')).toHaveValue(token)
    await expect(options.by('token-facts')).toContainText(['31', '22', '13'][index] ?? '')
    const left = tokens.length - 1 - index
    if (left === 0) await expect(options.by('receive-waiting')).toHaveCount(0)
    else await expect(options.by('receive-waiting')).toContainText(left === 1 ? 'One more' : `${left} more`)
    await options.by('receive-submit').click()
  }
  // 13 less the fee of the mint
  await expect(options.by('receive-done')).toContainText('12 sat received')
  await expect(options.by('receive-input')).toHaveValue('')
})

test('a code that is no token: said, and the camera goes on; hidden, the camera is off', onlyInChromium(FILMED), async ({ devnet }) => {
  const shown = film([drawQr('https://example.com/'), drawQr('https://example.com/')])
  const user = await openConnected(devnet, { flags: shown.flags })
  const options = await openOptions(user)
  const cameras = await watchCameras(user, options.page)
  await options.by('scan-open').click()
  await expect(options.by('scan-said')).toContainText('not an ecash token')
  await expect(options.by('scan-view')).toHaveAttribute('data-state', 'running')
  expect(await cameras()).toEqual(['live'])
  await expectAccessible(options.page)

  const turn = (visibility: string): Promise<void> =>
    options.page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, visibility)
  await turn('hidden')
  await expect.poll(cameras).toEqual(['ended'])
  await turn('visible')
  await expect.poll(cameras).toEqual(['ended', 'live'])
  await options.page.keyboard.press('Escape')
  await expect(options.by('scan-view')).toHaveCount(0)
  await expect.poll(cameras).toEqual(['ended', 'ended'])
  await expect(options.by('scan-open')).toBeFocused()
  await user.close()
  await shown.remove()
})

test('with two cameras the user chooses; the other one is let go', onlyInChromium(FILMED), async ({ devnet }) => {
  const user = await openConnected(devnet, { flags: TWO_CAMERAS })
  const options = await openOptions(user)
  const cameras = await watchCameras(user, options.page)
  await options.by('scan-open').click()
  const choice = options.by('scan-camera')
  await expect(choice.locator('option')).toHaveCount(2)
  const [, second] = await Promise.all((await choice.locator('option').all()).map((one) => one.getAttribute('value')))
  await choice.selectOption(second ?? '')
  await expect.poll(cameras).toEqual(['ended', 'live'])
  await expect(choice).toHaveValue(second ?? '')
  await user.close()
})

test('refused: the scanner says how to allow the camera, and pictures still work', onlyInChromium(FILMED), async ({ devnet }) => {
  const shown = film([drawQr('x')])
  const user = await openConnected(devnet, { flags: [...shown.flags.filter((flag) => !flag.includes('fake-ui')), '--deny-permission-prompts'] })
  const options = await openOptions(user)
  await options.by('scan-open').click()
  await expect(options.by('scan-trouble')).toHaveAttribute('data-trouble', 'refused')
  await expect(options.by('scan-trouble')).toContainText('allow the camera')
  await expect(options.by('scan-again')).toBeVisible()
  await expectAccessible(options.page)
  await user.close()
  await shown.remove()
})

test('from the popup the options page does the scanning', onlyInChromium(FILMED), async ({ devnet }) => {
  const shown = film([drawQr(await devnet.faucet(77))])
  const user = await openConnected(devnet, { flags: shown.flags })
  const popup = await openPopup(user)
  await popup.page.getByTestId('open-receive').click()
  const page = await user.opened(() => popup.page.getByTestId('scan-open').click())
  await expect(page.getByTestId('token-facts')).toContainText('77')
  expect(new URL(page.url()).hash).toBe('#/tokens')
  await user.close()
  await shown.remove()
})

test('frames as cashu.me shows them, one picture each, give the token too', async ({ user, devnet }) => {
  const options = await openOptions(user)
  const token = await devnet.faucet(33)
  const animation = animate(token, 100)
  const page = await user.open('about:blank')
  const pictures: Buffer[] = []
  for (let sequence = 1; sequence <= animation.count; sequence++) {
    await page.setContent(svgOf(animation.frame(sequence)))
    pictures.push(await page.screenshot())
  }
  await page.close()
  const files = pictures.map((buffer, index) => ({ name: `${index}.png`, mimeType: 'image/png', buffer }))
  await options.by('scan-open').click()
  await options.by('scan-file').setInputFiles(files.slice(0, 1))
  await expect(options.by('scan-said')).toContainText('one picture of a moving code')
  await expect(options.by('scan-progress')).toBeVisible()
  await options.by('scan-file').setInputFiles(files.slice(1))
  await expect(options.by('receive-input')).toHaveValue(token)
})
