/**
 * Time of the main thread per page load: with the extension, without any, and with an empty one of the same shape, which pays for the
 * isolated world that the browser makes for every extension. Side by side.
 */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, type CDPSession, chromium, type Page } from '@playwright/test'
import { chromiumFlags, ensureChromium } from '../../launch/chromium.mjs'
import { EXTENSION_DIR, openBrowser } from '../../e2e/support/browser.ts'
import { inChromium } from '../../e2e/support/chromium.ts'
import { serveSites } from '../../e2e/support/sites.ts'
import type { Times } from '../topic.ts'

const LOADS = 50

export async function measureInstalled(): Promise<Times> {
  const sites = await serveSites()
  const user = await openBrowser()
  const plain = await chromium.launch({ executablePath: ensureChromium(), args: chromiumFlags() })
  const empty = await openEmpty()
  try {
    const [withIt, without, withEmpty] = [await meter(await inChromium(user).context.newPage()), await meter(await plain.newPage()), await meter(await empty.context.newPage())]
    const [ours, bare, hollow]: [number[], number[], number[]] = [[], [], []]
    // the first loads warm caches; in turns, so that the machine is the same for both
    for (let load = -5; load < LOADS; load++) {
      const [a, b, c] = [await withIt(`${sites.home}/`), await without(`${sites.home}/`), await withEmpty(`${sites.home}/`)]
      if (load < 0) continue
      ours.push(a)
      bare.push(b)
      hollow.push(c)
    }
    const median = (times: number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN
    // medians are compared: a single load is mostly the noise of the machine
    return {
      'a load without the extension': bare,
      'a load with an empty one': hollow,
      'a load with it': ours,
      'main thread per page load': [median(ours) - median(bare)],
      'of it our scripts': [median(ours) - median(hollow)],
    }
  } finally {
    await user.close()
    await plain.close()
    await empty.close()
    await sites.stop()
  }
}

/** A browser with an extension of the same manifest whose scripts are empty. */
async function openEmpty(): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'routstr-empty-'))
  await cp(EXTENSION_DIR, folder, { recursive: true })
  for (const name of ['provider', 'relay']) await writeFile(join(folder, 'content-scripts', `${name}.js`), '')
  const context = await chromium.launchPersistentContext('', {
    executablePath: ensureChromium(),
    args: [...chromiumFlags(), `--disable-extensions-except=${folder}`, `--load-extension=${folder}`],
  })
  return {
    context,
    async close() {
      await context.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** @returns loads an address and tells the time its renderer's main thread worked, ms of the processor */
async function meter(page: Page): Promise<(url: string) => Promise<number>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return async (url) => {
    const before = await taskSeconds(session)
    await page.goto(url)
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 20)))
    const after = await taskSeconds(session)
    // the count begins anew where the new document has a renderer of its own
    return (after < before ? after : after - before) * 1000
  }
}

async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  const found = metrics.find(({ name }) => name === 'TaskDuration')
  if (found === undefined) throw new Error('this browser does not tell TaskDuration')
  return found.value
}
