import type { ApprovalReason } from '../../domain/approval.ts'

export const approvalWords = {
  batch: (count: number, each: string, all: string, before: string) =>
    `It leaves ${count === 1 ? 'one request' : `${count} requests`} here, to be sent when ${count === 1 ? 'it costs' : 'each costs'} at most ${each} (${all} in all), until ${before}.`,
  batchKept: 'Until then they are kept on this device, prompts included, and the answers until the site has them. Activity → Waiting shows them and takes them back.',
  auto: 'the page leaves the choice to you',
  others: 'Or instead',
  asks: 'wants to use AI, paid by you',
  asksGrant: 'asks for a limit to spend',
  firstTime: 'First time',
  about: 'This request',
  inFrame: 'It is part of that page, which lets it ask. What you allow holds only there.',
  pageSays: 'The page says:',
  viewRequest: 'View request',
  once: 'Just this once',
  onceHint: 'It asks again the next time.',
  upTo: 'Allow up to a limit',
  upToHint: 'Within it, the site is not asked again.',
  approve: 'Approve',
  reject: 'Reject',
  block: 'Block this site',
  blockQuestion: 'Never ask again for this site?',
  blockConfirm: 'Block',
  arming: 'Approve is ready in a moment',
  short: 'Your wallet is short by',
  shortHint: 'Receive a token and the request goes on. It waits here.',
  over: 'Over the limit',
} as const

export const reasonWords: Readonly<Record<ApprovalReason, string | null>> = {
  no_grant: null,
  period_limit: 'The limit of this site does not reach for this request.',
  request_limit: 'This request can cost more than the site may spend per request.',
  site_asks: null,
  new_provider: 'You have never paid this provider, and it wants more than a new one gets without a question. What is not used comes back.',
  locked: null,
}

export type Ending = 'approved' | 'rejected' | 'blocked' | 'expired' | 'withdrawn' | 'gone'

export const endingWords: Readonly<Record<Ending, { readonly title: string; readonly text: string }>> = {
  approved: { title: 'Approved', text: 'The request is on its way. Its cost appears in your activity.' },
  rejected: { title: 'Rejected', text: 'Nothing was paid.' },
  blocked: { title: 'Site blocked', text: 'It is refused without a question from now on. You can unblock it under Sites.' },
  expired: { title: 'The time is over', text: 'Nothing was paid. The page was told that you did not answer.' },
  withdrawn: { title: 'The page has gone', text: 'It closed or moved on and took its question back. Nothing was paid.' },
  gone: { title: 'Already decided', text: 'This question was answered somewhere else or no longer exists.' },
}
