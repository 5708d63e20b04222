/**
 * The script with `LanguageModel` and `window.ai`, registered for the sites that have it switched on: no other page runs a byte of it.
 * The browser injects it at `document_start` into pages that are loaded from then on, if the site's own permission was given when it
 * was switched on (`SiteAccess.enable`); with the switch it goes.
 */
import browser from 'webextension-polyfill'
import { patternOf, siteAccess } from './site-access.ts'

const ID = 'stand-in'

/** @param origins all sites that have it switched on; what was registered for others is taken away */
export async function registerStandIn(origins: readonly string[]): Promise<void> {
  const [registered] = await browser.scripting.getRegisteredContentScripts({ ids: [ID] })
  const before = registered?.matches ?? []
  const matches = [...new Set(origins.map(pagesOf))]
  if (before.toSorted().join() === matches.toSorted().join()) return
  if (registered !== undefined) await browser.scripting.unregisterContentScripts({ ids: [ID] })
  if (matches.length > 0) await browser.scripting.registerContentScripts([{ id: ID, js: ['stand-in.js'], matches, runAt: 'document_start', world: 'MAIN', persistAcrossSessions: true }])
  await giveBack(before.map(patternOf), new Set(origins.map(patternOf)))
}

/** Least power: what no site needs any more. Where sites are enabled one by one, and in Firefox, it is also what lets us run there at all. */
async function giveBack(given: readonly string[], needed: ReadonlySet<string>): Promise<void> {
  const idle = given.filter((pattern) => !needed.has(pattern))
  if (idle.length === 0 || import.meta.env.FIREFOX || !(await siteAccess.read()).everywhere) return
  // what the manifest itself asks for can not be given back
  await browser.permissions.remove({ origins: idle }).catch(() => false)
}

/** Firefox knows no ports in patterns: there a site is a host. */
function pagesOf(origin: string): string {
  return import.meta.env.FIREFOX ? patternOf(origin) : `${origin}/*`
}
