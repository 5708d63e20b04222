export const siteWords = {
  lead: 'A site spends nothing without a limit from you. Revoking a limit stops what is running; blocking refuses without a question.',
  empty: 'No site has asked yet',
  emptyText: 'When a page wants to use AI, you are asked once. The limit you give is listed here.',
  revokeQuestion: 'Running requests stop.',
  revoke: 'Revoke',
} as const
