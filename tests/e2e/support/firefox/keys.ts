/** Keys by the names of Playwright, as actions of WebDriver (w3c.github.io/webdriver, "keyboard actions"). */
const CODES: Record<string, string> = {
  Enter: '\uE007',
  Escape: '\uE00C',
  Space: ' ',
  Tab: '\uE004',
  Backspace: '\uE003',
  Delete: '\uE017',
  Home: '\uE011',
  End: '\uE010',
  ArrowLeft: '\uE012',
  ArrowUp: '\uE013',
  ArrowRight: '\uE014',
  ArrowDown: '\uE015',
  Shift: '\uE008',
  Control: '\uE009',
  Alt: '\uE00A',
}

/** @param keys e.g. `Enter`, `a`, `Shift+Tab` */
export function keyActions(keys: string): object[] {
  const values = keys.split('+').map((key) => CODES[key] ?? key)
  const down = values.map((value) => ({ type: 'keyDown', value }))
  return [...down, ...values.toReversed().map((value) => ({ type: 'keyUp', value }))]
}
