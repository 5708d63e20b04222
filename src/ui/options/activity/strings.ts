export const activityWords = {
  lead: 'Every request leaves a receipt: what it cost, who answered, and the facts that prove it. Prompts and answers are not kept.',
  empty: 'No receipts yet',
  emptyText: 'Open a page that uses window.routstr. Its requests are listed here as soon as they are finished.',
  more: 'Load more',
  end: 'That is everything.',
} as const
