/**
 * Scenarios that one of the browsers cannot play. Everything else runs in both: the specs are the one list, and
 * `ROUTSTR_BROWSER=firefox` leaves out what is marked here.
 */

export const ONLY_IN_CHROMIUM = '@only-in-chromium'

/** For `test(title, onlyInChromium('why'), …)`. @param why why Firefox cannot play it */
export function onlyInChromium(why: string): { tag: string; annotation: { type: string; description: string } } {
  return { tag: ONLY_IN_CHROMIUM, annotation: { type: 'only in Chromium', description: why } }
}
