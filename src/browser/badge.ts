/** The number on the icon: questions that wait; a dot while an answer streams. */
import browser from 'webextension-polyfill'

export function setBadge({ approvals, running }: { readonly approvals: number; readonly running: number }): void {
  const text = approvals > 0 ? String(approvals) : running > 0 ? '…' : ''
  void browser.action.setBadgeText({ text })
  void browser.action.setBadgeBackgroundColor({ color: approvals > 0 ? '#d9480f' : '#495057' })
}
