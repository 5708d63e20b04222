/** The number on the icon: questions that wait; else a mark while a budget runs out, a dot while an answer streams. With fake sats it says so, and has another colour. */
import browser from 'webextension-polyfill'

export function setBadge({ approvals, running, alerts, fake = false }: { readonly approvals: number; readonly running: number; readonly alerts: number; readonly fake?: boolean }): void {
  const text = approvals > 0 ? String(approvals) : alerts > 0 ? '!' : running > 0 ? '…' : fake ? 'FAKE' : ''
  void browser.action.setBadgeText({ text })
  void browser.action.setBadgeBackgroundColor({ color: fake ? '#6741d9' : approvals > 0 ? '#d9480f' : alerts > 0 ? '#e67700' : '#495057' })
}
