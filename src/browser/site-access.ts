/**
 * Where the browser lets us run: on every site, or only on sites the user has enabled. The switch is the browser's own. A mode of ours
 * would have to run on every site to find out that it must not, or need the permission for all sites to be told apart.
 */
import browser from 'webextension-polyfill'
import type { SiteAccess } from '../domain/site-access.ts'

/** What the content scripts name in the manifest. */
const EVERYWHERE = 'https://*/*'

export const siteAccess: SiteAccess = {
  async read() {
    const { origins = [] } = await browser.permissions.getAll()
    return { everywhere: origins.includes(EVERYWHERE), sites: origins.filter((pattern) => !pattern.includes('*.') && !pattern.includes('//*')) }
  },
  // has to be the first thing after the click, or the browser takes it for ours
  enable: (origin) => browser.permissions.request({ origins: [patternOf(origin)] }),
  isEnabled: (origin) => browser.permissions.contains({ origins: [patternOf(origin)] }),
  onChange(changed) {
    browser.permissions.onAdded.addListener(changed)
    browser.permissions.onRemoved.addListener(changed)
    return () => {
      browser.permissions.onAdded.removeListener(changed)
      browser.permissions.onRemoved.removeListener(changed)
    }
  },
  async openSwitch() {
    // Firefox lets no extension open its own page of add-ons: there the words have to do
    await browser.tabs.create({ url: `chrome://extensions/?id=${browser.runtime.id}` }).catch(() => undefined)
  },
}

/** Match patterns know no ports. */
export function patternOf(origin: string): string {
  const { protocol, hostname } = new URL(origin)
  return `${protocol}//${hostname}/*`
}
