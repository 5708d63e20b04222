/** A made-up social graph with review traffic around the user: heard by the whole app, and strangers are not. */
import { npubEncode } from 'nostr-tools/nip19'
import { expect, it } from 'vitest'
import { openStage, until } from './stage.ts'

it('words and audits of twenty people near count; those of a hundred strangers do not', async () => {
  const stage = await openStage({ devnet: { seed: 7 } })
  const { relay, bunker, gatherPeople } = stage.devnet
  const { near, strangers } = gatherPeople({ near: 20, farEach: 5, warners: 3, strangers: 100 })
  expect([near.length, strangers.length]).toEqual([20, 100])
  await stage.world.screen.call('settings.set', { relays: [relay.url], npub: npubEncode(bunker.user) })
  const parts = async (name: string) => (await stage.world.screen.call('providers.list', {})).find(({ provider }) => provider.name === name)?.trust.parts ?? []
  await until(async () => (await parts('Sparrow AI')).some((part) => part.name === 'measured'), 'the audits')
  const said = async (name: string) => (await parts(name)).find((part) => part.name === 'people')?.says
  expect(await said('Sparrow AI')).toBe('17 recommend it, 3 warn of it; the nearest is somebody you follow')
  expect(await said('Heron Compute')).toBe('20 recommend it, 0 warn of it; the nearest is somebody you follow')
  expect((await parts('Sparrow AI')).find((part) => part.name === 'measured')?.says).toMatch(/^20 of them have measured it: \d+ of \d+ answers came whole$/)
  await stage.stop()
})
