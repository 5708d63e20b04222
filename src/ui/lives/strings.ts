import type { SessionLife } from '../../domain/session.ts'

export const lifeWords = {
  title: 'Who shares a session',
  hint: 'A session is a small account at a provider. Whoever uses the same one can be recognised there as the same payer.',
  none: 'Not used in the last 30 days.',
  lead: 'In the last 30 days:',
  ofSite: 'Sessions',
  asForAll: (life: string) => `As for all sites (${life})`,
} as const

export const lives: Readonly<Record<SessionLife, { readonly name: string; readonly short: string; readonly text: string }>> = {
  site: {
    name: 'One for each site',
    short: 'one for each site',
    text: 'Requests of one site share a session, other sites have their own. It comes home when the site is idle.',
  },
  request: {
    name: 'One for each request',
    short: 'one for each request',
    text: 'A provider cannot tell by the payment that two requests are from you, and answers still stream. Each session is settled at once, so each costs the rounding and the fees of the mint.',
  },
  provider: {
    name: 'One for all sites',
    short: 'one for all sites',
    text: 'Cheapest. A provider can tell that requests of different sites are paid by one user.',
  },
}
