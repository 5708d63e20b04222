export const activityWords = {
  tabs: 'Activity',
  tabReceipts: 'Receipts',
  tabSpending: 'Spending',
  tabWaiting: 'Waiting',
  lead: 'Every request leaves a receipt: what it cost, who answered, and the facts that prove it. Prompts and answers are not kept, but for those a site leaves under Waiting.',
  empty: 'No receipts yet',
  emptyText: 'Open a page that uses window.routstr. Its requests are listed here as soon as they are finished.',
  more: 'Load more',
  end: 'That is everything.',
} as const

export const spendingWords = {
  span: 'The last',
  days: (count: number) => `${count} days`,
  requests: (count: number) => (count === 1 ? 'for 1 request' : `for ${count} requests`),
  open: (count: number) => (count === 1 ? 'The cost of one is not known yet.' : `The cost of ${count} is not known yet.`),
  chart: (days: number, most: string) => `Spent per day over ${days} days; at most ${most} on one day`,
  most: (amount: string) => `at most ${amount} a day`,
  median: 'the median offer',
  dearest: 'the dearest offer',
  comparedHint: (count: number) =>
    `Over ${count === 1 ? 'the one request' : `${count} requests`} for whose model several prices were known when it left. Each receipt keeps those prices, and what its tokens would have cost there.`,
  nothingCompared: 'Nothing to compare with yet: no model was sold by several providers when it was asked.',
  sites: 'Sites',
  models: 'Models',
  providers: 'Providers',
} as const

type Counts = Readonly<Record<'waiting' | 'running' | 'done' | 'refused' | 'failed' | 'cancelled', number>>

export const waitingWords = {
  lead: 'Requests that sites have left here until somebody answers them cheaply enough. They and their answers are kept on this device until the site has them, a week at most.',
  empty: 'Nothing waits',
  emptyText: 'A site can leave requests with a price and a deadline. You are asked before the first one is kept.',
  until: 'ends',
  progress: (over: number, all: number) => `${over} of ${all} finished`,
  states: ({ waiting, running, done, refused, failed, cancelled }: Counts) =>
    [
      [waiting, 'waiting'],
      [running, 'running'],
      [done, 'answered'],
      [refused, 'refused at the deadline'],
      [failed, 'failed'],
      [cancelled, 'taken back'],
    ]
      .filter(([count]) => Number(count) > 0)
      .map(([count, name]) => `${count} ${name}`)
      .join(' · '),
  cost: (cost: string, most: string) => `Cost ${cost} so far, at most ${most} in all.`,
  kept: (thousand: number) => `Keeps about ${thousand} kB here.`,
  cancel: 'Take back what waits',
  forget: 'Forget',
  forgetQuestion: 'Its prompts and answers are gone then.',
} as const
