import type { RunningRequest } from '../../messaging/ui-contract.ts'

export const popupWords = {
  onDeposit: 'on deposit, will come back',
  arriving: 'arriving',
  pauseOn: 'Paused: every request is refused',
  pauseName: 'Payments',
  running: 'Running now',
  recent: 'Latest receipts',
  allActivity: 'All activity',
  receive: 'Receive',
  send: 'Send',
  bringHome: 'Bring everything home',
  settings: 'Open settings',
  stop: 'Stop',
  noSite: 'This tab is not a site that can use Routstr.',
  noLimit: 'This site has no limit. It has to ask before it spends anything.',
  blocked: 'Blocked. Its requests are refused without a question.',
  setLimit: 'Set a limit',
  edit: 'Edit limit',
  revoke: 'Revoke',
  revokeQuestion: 'Revoke the limit? Running requests stop.',
  block: 'Block',
  unblock: 'Unblock',
  noReceipts: 'No requests yet. Each one leaves a receipt here.',
} as const

export const phaseWords: Readonly<Record<RunningRequest['phase'], string>> = {
  deciding: 'Waits for your answer',
  paying: 'Paying',
  waiting: 'Waiting for the first word',
  streaming: 'Answering',
}
