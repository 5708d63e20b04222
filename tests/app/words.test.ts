/** The user speaks of a provider: looked at first, signed by a remote signer (NIP-46) or a key for this alone, sent, sent again, taken back. */
import { IDBFactory } from 'fake-indexeddb'
import { verifyEvent } from 'nostr-tools/pure'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { UiInput } from '../../src/messaging/ui-contract.ts'
import { createRelay, type DevnetRelay } from '../devnet/relay/relay.ts'
import { wordEvent } from '../../src/trust/word-events.ts'
import { ask, openStage, type Stage, until } from './stage.ts'
import { openWorld, PER_DAY } from './world.ts'
import { rawRows } from '../unit/storage/raw-rows.ts'

let stage: Stage
let providerId: string
beforeEach(async () => {
  stage = await openStage()
  await screen().call('settings.set', { relays: [stage.devnet.relay.url] })
  providerId = await spokenAs('Sparrow AI')
})
afterEach(() => stage.stop())

const screen = () => stage.world.screen
/** Its announcement is heard soon after the devnet is connected. */
async function spokenAs(name: string): Promise<string> {
  let found: string | null = null
  await until(async () => {
    const { id } = (await screen().call('providers.list', {})).find(({ provider }) => provider.name === name)?.provider ?? { id: '' }
    found = (await screen().call('providers.get', { id }))?.spokenAs ?? null
    return found !== null
  }, 'the announcement')
  return found ?? ''
}
const spoken = () => stage.devnet.relay.events().filter(({ kind }) => kind === 38_000 || kind === 5)
const preview = (changes: Partial<UiInput<'words.preview'>> = {}) =>
  screen().call('words.preview', { providerId, verdict: 'recommend', text: 'Quick and honest.', by: 'throw-away', audit: false, ...changes })
const say = async (changes: Partial<UiInput<'words.preview'>> = {}) => screen().call('words.publish', { draftId: (await preview(changes)).id })
const connect = () => screen().call('signer.connect', { uri: stage.devnet.bunker.uri })
const list = () => screen().call('words.list', {})

describe('a word by a key of its own', () => {
  it('is exactly what was looked at; nothing leaves before, and the key stays inside', async () => {
    const { relay } = stage.devnet
    const draft = await preview({ verdict: 'warn', text: 'Kept my change.' })
    expect(draft.relays).toEqual([relay.url])
    expect(spoken()).toEqual([])
    expect((await list()).words).toEqual([])
    const word = await screen().call('words.publish', { draftId: draft.id })
    const [event] = spoken()
    expect(event).toMatchObject(draft.events[0] ?? {})
    expect(event?.tags).toEqual(expect.arrayContaining([['k', '38421'], ['a', `38421:${providerId}`], ['u', stage.devnet.providers.cheap.url], ['rating', '-1'], ['l', 'avoid']]))
    expect(event !== undefined && verifyEvent({ ...event })).toBe(true)
    expect(word.said[0]?.deliveries).toEqual([{ relay: relay.url, result: 'kept', why: '' }])
    expect(JSON.stringify(await list())).not.toContain((await stage.world.database.words.toArray())[0]?.secret)
  })

  it('a draft is good once, and for what it showed', async () => {
    const draft = await preview()
    await screen().call('words.publish', { draftId: draft.id })
    await expect(screen().call('words.publish', { draftId: draft.id })).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('Nothing was published') })
    const other = await preview()
    await stage.restart()
    await expect(screen().call('words.publish', { draftId: other.id })).rejects.toMatchObject({ code: 'not_found' })
    expect(spoken()).toHaveLength(1)
  })

  it('said anew it takes the place of the old one, by the same key, also within a second; another provider gets another key', async () => {
    const first = await say()
    const second = await say({ verdict: 'warn', text: 'Not any more.' })
    expect(second.pubkey).toBe(first.pubkey)
    expect(spoken()).toHaveLength(1)
    expect(spoken()[0]?.content).toBe('Not any more.')
    expect((await list()).words).toMatchObject([{ verdict: 'warn' }])
    expect((await say({ providerId: await spokenAs('Heron Compute') })).pubkey).not.toBe(first.pubkey)
  })

  it('is taken back after a look as well: the relay drops it, and the word says so', async () => {
    const { pubkey } = await say()
    const draft = await screen().call('words.previewWithdrawal', { providerId, pubkey })
    expect(draft.events).toMatchObject([{ kind: 5, pubkey, content: '' }])
    expect(spoken()).toMatchObject([{ kind: 38_000 }])
    const word = await screen().call('words.publish', { draftId: draft.id })
    expect(spoken()).toMatchObject([{ kind: 5 }])
    expect(word.withdrawal?.deliveries).toMatchObject([{ result: 'kept' }])
    // whoever speaks again is somebody new
    expect((await say()).pubkey).not.toBe(pubkey)
  })

  it('each relay is told apart; those that missed it are asked again, with the same event', async () => {
    const { relay } = stage.devnet
    const other: DevnetRelay = await createRelay()
    other.refusedKinds.add(38_000)
    await screen().call('settings.set', { relays: [relay.url, other.url] })
    const word = await say()
    const results = (deliveries: readonly { relay: string; result: string }[] = []) => Object.fromEntries(deliveries.map(({ relay: url, result }) => [url, result]))
    expect(results(word.said[0]?.deliveries)).toEqual({ [relay.url]: 'kept', [other.url]: 'refused' })
    expect(word.said[0]?.deliveries.find(({ result }) => result === 'refused')?.why).toContain('not welcome')
    other.keepAgain(38_000)
    await stage.restart()
    const again = await screen().call('words.sendAgain', { providerId, pubkey: word.pubkey })
    expect(results(again.said[0]?.deliveries)).toEqual({ [relay.url]: 'kept', [other.url]: 'kept' })
    expect(other.events().filter(({ kind }) => kind === 38_000)).toEqual(spoken())
    await other.stop()
  })

  it('a worker that dies while it sends has written the word down', async () => {
    const { relay } = stage.devnet
    const draft = await preview()
    relay.latencyMs = 60_000
    void screen().call('words.publish', { draftId: draft.id }).catch(() => undefined)
    await until(() => spoken().length === 1, 'the event at the relay')
    relay.latencyMs = 0
    await stage.restart()
    const [word] = (await list()).words
    expect(word?.said).toMatchObject([{ event: { id: spoken()[0]?.id }, deliveries: [] }])
    await screen().call('words.sendAgain', { providerId, pubkey: word?.pubkey ?? '' })
    expect((await list()).words[0]?.said[0]?.deliveries).toMatchObject([{ result: 'kept' }])
  })
})

describe('what this browser has measured', () => {
  it('goes along when that is wished, rounded, in the documented shape; it is taken back with the word', async () => {
    await expect(preview({ audit: true })).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('measured nothing') })
    stage.world.answerWith(PER_DAY)
    for (let n = 0; n < 3; n++) await stage.world.page().routstr.chat.completions.create(ask())
    const draft = await preview({ audit: true })
    expect(draft.events.map(({ kind }) => kind)).toEqual([38_000, 30_078])
    const told = draft.events[1]
    expect(told?.tags).toEqual([['d', `routstr-audit:${providerId}`], ['k', '38421'], ['a', `38421:${providerId}`]])
    expect(JSON.parse(told?.content ?? '')).toMatchObject({ schema: 'routstr.audit.v1', reliability: { good: 3, bad: 0 }, honesty: { good: 3, bad: 0 } })
    const { pubkey } = await screen().call('words.publish', { draftId: draft.id })
    // said anew without it: it is still out there, and known to be
    await say()
    await screen().call('words.publish', { draftId: (await screen().call('words.previewWithdrawal', { providerId, pubkey })).id })
    expect(stage.devnet.relay.events().filter(({ kind }) => kind === 38_000 || kind === 30_078)).toEqual([])
  })
})

it('what is not announced on Nostr can not be spoken about', async () => {
  await expect(preview({ providerId: 'url:https://nobody.example.com' })).rejects.toMatchObject({ code: 'not_found' })
})

describe('a remote signer', () => {
  it('signs with the key of the user, which never comes here', async () => {
    const { bunker } = stage.devnet
    await expect(preview({ by: 'signer' })).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('No signer') })
    await connect()
    expect((await list()).signer).toMatchObject({ npub: expect.stringMatching(/^npub1/), relays: [stage.devnet.relay.url] })
    const word = await say({ by: 'signer' })
    expect(word.pubkey).toBe(bunker.user)
    expect(spoken()).toMatchObject([{ pubkey: bunker.user, content: 'Quick and honest.' }])
    expect(bunker.asked).toEqual(['connect', 'get_public_key', 'sign_event'])
    await stage.restart()
    const draft = await screen().call('words.previewWithdrawal', { providerId, pubkey: bunker.user })
    await screen().call('words.publish', { draftId: draft.id })
    expect(spoken()).toMatchObject([{ kind: 5, pubkey: bunker.user }])
    expect(JSON.stringify(await stage.world.database.values.get('signer'))).not.toContain(Buffer.from(bunker.userSecret).toString('hex'))
  })

  it.each(['refuse', 'twist', 'otherKey'] as const)('that does not sign what was shown (%s) publishes nothing', async (way) => {
    await connect()
    stage.devnet.bunker.way = way
    await expect(say({ by: 'signer' })).rejects.toMatchObject({ code: 'signer_failed', message: expect.stringContaining('Nothing was published') })
    expect(spoken()).toEqual([])
    expect((await list()).words).toEqual([])
  })

  it('nobody else can answer for it, and a page it wants to be looked at is shown', async () => {
    stage.devnet.bunker.way = 'forged'
    await connect()
    stage.devnet.bunker.way = 'authorize'
    const saying = say({ by: 'signer' })
    await until(async () => (await list()).waitingAt === 'https://signer.example.com/allow', 'the page')
    stage.devnet.bunker.authorized()
    expect((await saying).pubkey).toBe(stage.devnet.bunker.user)
    expect((await list()).waitingAt).toBeNull()
  })

  it('two nodes with one name do not take each other’s place', async () => {
    await connect()
    await say({ by: 'signer' })
    const short = providerId.split(':')[1] ?? ''
    const twin = `${'ab'.repeat(32)}:${short}`
    const words = await stage.world.database.words.toArray()
    const dOf = (id: string) => wordEvent({ providerId: id, urls: [] }, 'warn', '', stage.devnet.bunker.user, 1, words).tags[0]?.[1]
    expect(dOf(twin)).toBe(twin)
    expect(dOf(providerId)).toBe(short)
  })

  it('is forgotten with its key; what cannot be a connection is said plainly', async () => {
    await connect()
    await screen().call('signer.disconnect', {})
    expect((await list()).signer).toBeNull()
    await expect(screen().call('signer.connect', { uri: 'nostr:npub1' })).rejects.toMatchObject({ code: 'invalid_request_error' })
    await expect(screen().call('signer.connect', { uri: `bunker://${'ab'.repeat(32)}?relay=ws%3A%2F%2F10.0.0.1` })).rejects.toMatchObject({ code: 'unsafe_address' })
    await expect(screen().call('signer.connect', { uri: stage.devnet.bunker.uri.replace(/secret=.*/, 'secret=wrong') })).rejects.toMatchObject({ code: 'signer_failed' })
  })
})

it('with a passphrase neither the key of a word nor the connection lies open', async () => {
  const factory = new IDBFactory()
  const sealed = await openWorld({ factory })
  await sealed.screen.call('developer.connect', { configUrl: stage.devnet.configUrl })
  await until(async () => (await sealed.screen.call('providers.get', { id: providerId })) !== null, 'the announcement')
  await sealed.screen.call('signer.connect', { uri: stage.devnet.bunker.uri })
  const { id } = await sealed.screen.call('words.preview', { providerId, verdict: 'recommend', text: 'Quick.', by: 'throw-away', audit: false })
  await sealed.screen.call('words.publish', { draftId: id })
  const [word] = await sealed.database.words.toArray()
  const line = sealed.database.values.get('signer')
  const secrets = [word?.secret ?? '', String(Object(Object(await line).value).secret)]
  const disk = rawRows(factory)
  const open = await disk.dump()
  await sealed.screen.call('lock.protect', { passphrase: 'correct horse battery staple' })
  const shut = await disk.dump()
  for (const secret of secrets) {
    expect(secret).toMatch(/^[0-9a-f]{64}$/)
    expect(open).toContain(secret)
    expect(shut).not.toContain(secret)
  }
  await sealed.kill()
})
