import type { TrustPart } from '../../../domain/trust.ts'

export const trustWords = {
  title: 'Trust',
  stranger: 'Nothing is known of it yet: no request of yours, and nobody you follow has said anything.',
  favourite: 'Favourite',
  pin: 'Ask only this one',
  pinned: 'Only this provider is asked from now on. Settings → Choosing a provider ends it.',
} as const

export const partWords: Readonly<Record<TrustPart['name'], string>> = {
  answers: 'Your requests',
  money: 'Money',
  models: 'True to the model',
  uptime: 'Reachable',
  people: 'People you follow',
  measured: 'What they measured',
  reviewer: 'Routstr’s list',
  followed: 'Its key',
  followers: 'Followers',
  favourite: 'Your favourite',
}
