/** Encryption at rest in the whole app: what lies on the disk, who may go on, and what becomes of money while it is locked. */
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, describe, expect, it } from 'vitest'
import { rawRows } from '../unit/storage/raw-rows.ts'
import { ask, collect, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, type World } from './world.ts'

const PASSPHRASE = 'correct horse battery'
const MINUTE = 60_000

let stage: Stage
afterEach(() => stage.stop())

const unlock = (world: World): Promise<null> => world.screen.call('lock.unlock', { passphrase: PASSPHRASE })
const isLocked = async (world: World): Promise<boolean> => (await world.screen.call('lock.get', {})).locked
const answer = async (world: World): Promise<string> => collect(await world.page().routstr.chat.completions.create({ ...ask(), stream: true }))

const browserRestarts = (): Promise<World> => stage.restart('browser')

describe('what lies on the disk', () => {
  it('T31: is no word of the seed, no secret, no token and no key: after protecting, and after later writes', async () => {
    const factory = new IDBFactory()
    stage = await openStage({ world: { factory } })
    const { world, devnet } = stage
    world.answerWith(PER_DAY)
    await answer(world)
    await world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: 50, memo: 'for the baker' })
    const { words } = await world.screen.call('seed.reveal', {})
    const seed = words.join(' ')
    const disk = rawRows(factory)
    expect(await disk.dump()).toContain(seed)

    await world.screen.call('lock.protect', { passphrase: PASSPHRASE })
    const secretsNow = async (): Promise<string[]> => {
      const { purse, operations, sessions, incoming } = world.database
      const texts = [seed, PASSPHRASE, JSON.parse(world.sessionMemory.text ?? '{}').key]
      for (const { secret, C } of await purse.toArray()) texts.push(secret, C)
      for (const { token, key } of await sessions.toArray()) texts.push(key, ...(token === null ? [] : [token]))
      for (const { token } of await incoming.toArray()) texts.push(token)
      for (const row of await operations.toArray())
        texts.push(...(row.kind === 'send' ? [row.token, ...row.secrets, row.memo ?? ''] : row.swap.inputs.flatMap(({ secret, C }) => [secret, C])))
      return texts.filter((text) => text.length > 7)
    }
    const expectHidden = async (): Promise<void> => {
      const secrets = await secretsNow()
      expect(secrets.length).toBeGreaterThan(20)
      const dump = await disk.dump()
      expect(secrets.filter((secret) => dump.includes(secret) || dump.includes(Buffer.from(secret).toString('hex')))).toEqual([])
    }
    await expectHidden()
    await answer(world)
    const sent = await world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: 21, memo: null })
    await world.screen.call('tokens.takeBack', { operationId: sent.operationId })
    await world.screen.call('sessions.bringHome', {})
    await expectHidden()

    await world.screen.call('lock.unprotect', { current: PASSPHRASE })
    expect(await disk.dump()).toContain(seed)
    expect(world.sessionMemory.text).toBeNull()
    await answer(world)
    await world.screen.call('lock.protect', { passphrase: PASSPHRASE })
    await expectMoneyConserved(stage)
    await expectHidden()
  })
})

describe('who opens it', () => {
  it('a restarted worker is unlocked while the browser runs; a restarted browser is not', async () => {
    stage = await openStage({ world: { protectedBy: PASSPHRASE } })
    stage.world.answerWith(PER_DAY)
    expect(await isLocked(await stage.restart())).toBe(false)
    stage.world.answerWith(PER_DAY)
    expect(await answer(stage.world)).toContain('blue')
    const world = await browserRestarts()
    expect(await isLocked(world)).toBe(true)
    await expect(world.screen.call('wallet.get', {})).rejects.toMatchObject({ code: 'wallet_locked' })
    await expect(world.screen.call('seed.reveal', {})).rejects.toMatchObject({ code: 'wallet_locked' })
    expect((await world.screen.call('settings.get', {})).developer).toBe(true)
    await unlock(world)
    expect(await answer(world)).toContain('blue')
    await expectMoneyConserved(stage)
  })

  it('a wrong passphrase is told, and guessing gets slower; the right one is changed and removed only with itself', async () => {
    stage = await openStage({ world: { protectedBy: PASSPHRASE } })
    const { world } = stage
    await expect(world.screen.call('lock.protect', { passphrase: 'another one' })).rejects.toMatchObject({ code: 'invalid_request_error' })
    await expect(world.screen.call('lock.change', { current: PASSPHRASE, next: 'short' })).rejects.toMatchObject({ code: 'invalid_request_error' })
    await world.screen.call('lock.lock', {})
    const from = Date.now()
    const attempts = ['wrong one', 'wrong two', PASSPHRASE].map((passphrase) => world.screen.call('lock.unlock', { passphrase }).catch(({ code }) => code))
    expect(await Promise.all(attempts)).toEqual(['wrong_passphrase', 'wrong_passphrase', null])
    expect(Date.now() - from).toBeGreaterThanOrEqual(3_000)
    await world.screen.call('lock.change', { current: PASSPHRASE, next: 'a new passphrase' })
    await world.screen.call('lock.lock', {})
    await world.screen.call('lock.unlock', { passphrase: 'a new passphrase' })
    await expect(world.screen.call('lock.unprotect', { current: PASSPHRASE })).rejects.toMatchObject({ code: 'wrong_passphrase' })
    await world.screen.call('lock.unprotect', { current: 'a new passphrase' })
    expect(await world.screen.call('lock.get', {})).toMatchObject({ protected: false, locked: false })
    await expectMoneyConserved(stage)
  })

  it('a forgotten passphrase costs no money: an empty wallet starts, the old one comes back when it is remembered', async () => {
    stage = await openStage()
    const { world, devnet } = stage
    await world.screen.call('lock.protect', { passphrase: PASSPHRASE })
    const before = await world.ledger()
    const { words } = await world.screen.call('seed.reveal', {})
    await expect(world.screen.call('lock.startOver', { confirm: true })).rejects.toMatchObject({ code: 'invalid_request_error' })
    await world.screen.call('lock.lock', {})
    await world.screen.call('lock.startOver', { confirm: true })
    expect(await world.ledger()).toMatchObject({ receivedMsat: 0, walletMsat: 0, differenceMsat: 0 })
    expect((await world.screen.call('seed.reveal', {})).words).not.toEqual(words)
    await world.screen.call('developer.connect', { configUrl: devnet.configUrl })
    world.answerWith(PER_DAY)
    expect(await answer(world)).toContain('blue')
    const [aside] = (await world.screen.call('lock.get', {})).setAside
    await stage.restart()
    await stage.world.screen.call('lock.reopen', { id: aside?.id ?? '' })
    expect(await isLocked(stage.world)).toBe(true)
    await unlock(stage.world)
    expect((await stage.world.screen.call('seed.reveal', {})).words).toEqual(words)
    expect(await stage.world.ledger()).toEqual(before)
    const [second] = (await stage.world.screen.call('lock.get', {})).setAside
    await stage.world.screen.call('lock.reopen', { id: second?.id ?? '' })
    expect(await isLocked(stage.world)).toBe(false)
    await expectMoneyConserved(stage)
  })
})

describe('when it locks by itself', () => {
  it('after its minutes without use, also when the worker died meanwhile; use begins them anew', async () => {
    stage = await openStage({ world: { protectedBy: PASSPHRASE } })
    const { world } = stage
    world.answerWith(PER_DAY)
    expect((await world.screen.call('lock.get', {})).autoLockMinutes).toBe(15)
    await world.screen.call('lock.autoLock', { minutes: 5 })
    await answer(world)
    world.clock.skewMs += 4 * MINUTE
    await answer(world)
    world.clock.skewMs += 4 * MINUTE
    await world.app.wake()
    expect(await isLocked(world)).toBe(false)
    // screens that only look are no use
    await world.screen.call('overview.get', { origin: null })
    world.clock.skewMs += 2 * MINUTE
    await world.app.wake()
    expect(await isLocked(world)).toBe(true)
    expect(world.sessionMemory.text).toBeNull()

    await unlock(world)
    world.clock.skewMs += 6 * MINUTE
    expect(await isLocked(await stage.restart())).toBe(true)
    await unlock(stage.world)
    await stage.world.screen.call('lock.autoLock', { minutes: null })
    stage.world.clock.skewMs += 600 * MINUTE
    await stage.world.app.wake()
    expect(await isLocked(stage.world)).toBe(false)
    await expectMoneyConserved(stage)
  })

  it('waits for a running answer, and at last stops it', async () => {
    stage = await openStage({ world: { protectedBy: PASSPHRASE }, devnet: { tokensPerSecond: 20 } })
    const { world } = stage
    world.answerWith(PER_DAY)
    const stream = await world.page().routstr.chat.completions.create({ ...ask('[[words:400]]'), stream: true })
    const end = collect(stream).catch((error: unknown) => error)
    await until(async () => (await world.screen.call('overview.get', { origin: null })).running.some(({ phase }) => phase === 'streaming'), 'a running answer')
    world.clock.skewMs += 16 * MINUTE
    await world.app.wake()
    expect(await isLocked(world)).toBe(false)
    world.clock.skewMs += 3 * MINUTE
    await world.app.wake()
    expect(await isLocked(world)).toBe(true)
    expect(await end).toMatchObject({ name: 'AbortError' })
    await unlock(world)
    await expectMoneyConserved(stage)
  })
})

describe('money that was on its way', () => {
  it('locked for a day with everything open: after the unlock it is all finished, no msat is missing', async () => {
    stage = await openStage({ world: { protectedBy: PASSPHRASE } })
    const { world, devnet } = stage
    world.answerWith(PER_DAY)
    await answer(world)
    const token = await devnet.mint.mintToken(64)
    world.bend((url, go) => {
      const lost = (): Promise<never> => Promise.reject(new TypeError('lost'))
      if (/v1\/swap$/.test(url)) return go().then(lost)
      return url.startsWith(devnet.mint.url) ? lost() : null
    })
    await expect(world.screen.call('tokens.receive', { token, trustMint: true })).rejects.toMatchObject({ code: 'mint_unreachable' })
    const { atProvidersMsat } = await world.screen.call('lock.lock', {})
    expect(atProvidersMsat).toBeGreaterThan(0)
    world.bend(null)
    world.clock.skewMs += 24 * 60 * MINUTE
    const before = world.traffic.length
    await world.app.wake()
    await browserRestarts()
    expect(world.traffic.slice(before).filter((line) => !line.startsWith('GET'))).toEqual([])
    await unlock(stage.world)
    await until(async () => (await stage.world.database.incoming.where('state').equals('redeeming').count()) === 0, 'the token is redeemed')
    await expectMoneyConserved(stage)
  })

  it.each(['before', 'after'] as const)(
    'locked %s the answer of a request in a busy story, and unlocked: nothing is missing',
    async (when) => {
      for (const nth of [1, 3, 5]) {
        stage = await openStage({ world: { protectedBy: PASSPHRASE } })
        const { world, devnet } = stage
        world.answerWith(PER_DAY)
        let left = nth
        let locking: Promise<unknown> | null = null
        world.bend((url, go) => {
          if (/v1\/(info|models)$/.test(url) || left-- !== 0) return null
          const lock = async (): Promise<void> => {
            locking ??= world.screen.call('lock.lock', {})
            await until(() => world.database.seal.key === null, 'locked')
          }
          return when === 'before' ? lock().then(go) : go().then((response) => lock().then(() => response))
        })
        const story = async (): Promise<void> => {
          const { operationId } = await world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: 123, memo: null })
          await world.screen.call('tokens.takeBack', { operationId })
          await answer(world)
          await world.screen.call('sessions.bringHome', {})
        }
        const end = story().then(
          () => 'finished',
          () => 'failed',
        )
        await Promise.race([end, until(() => world.database.seal.key === null, 'locked')])
        await locking
        await unlock(world)
        await end
        world.bend(null)
        await expectMoneyConserved(stage)
        if (nth < 5) await stage.stop()
      }
    },
    180_000,
  )
})
