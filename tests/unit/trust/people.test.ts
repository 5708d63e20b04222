/** The people around the user, read from a real relay of the development network. */
import { finalizeEvent } from 'nostr-tools/pure'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HOUR_S, newKey, openPeopleStage, type PeopleStage, PROVIDER } from './people-stage.ts'

let stage: PeopleStage
beforeEach(async () => {
  stage = await openPeopleStage()
})
afterEach(() => stage.stop())

test('words count by distance; strangers, the muted and forgeries are not heard; the newest word of a key counts', async () => {
  const { follow, publish, word, people, relay } = stage
  const [user, near, far, stranger, muted] = [newKey(), newKey(), newKey(), newKey(), newKey()]
  follow(user, [near.key, muted.key])
  publish(user, 10_000, [['p', muted.key]])
  follow(near, [far.key, muted.key])
  word(near, -1, 600)
  word(near, 1, 30)
  word(far, -1)
  word(stranger, -1)
  word(muted, -1)
  relay.inject({ ...finalizeEvent({ kind: 38_000, tags: [['k', '38421'], ['a', `38421:${PROVIDER}`], ['d', 'x'], ['rating', '-1']], content: '', created_at: 1 }, near.secret), created_at: stage.nowSeconds() })
  const around = await people()
  await around.refresh(user.key)
  const { parts: [part], hops } = around.about(PROVIDER)
  expect(hops).toBe(1)
  expect(part?.says).toBe('1 recommend it, 1 warn of it; the nearest is somebody you follow')
  expect(part?.value).toBeCloseTo(1 / 1.5)
  expect(around.about('somebody:else')).toEqual({ parts: [], hops: null })
})

test('kept over restarts and read anew only when it is old; silent relays take nothing away', async () => {
  const { follow, word, people, relay } = stage
  const [user, near] = [newKey(), newKey()]
  follow(user, [near.key])
  word(near, 1)
  await (await people()).refresh(user.key)
  const asked = relay.requests.length
  const later = await people()
  expect(later.about(PROVIDER).hops).toBe(1)
  await later.refresh(user.key)
  expect(relay.requests.length).toBe(asked)
  stage.pass(7 * HOUR_S)
  relay.down = true
  await later.refresh(user.key)
  relay.down = false
  expect(later.about(PROVIDER).hops).toBe(1)
  await later.refresh(null)
  expect(await stage.kept()).toBeNull()
  expect(later.about(PROVIDER).parts).toEqual([])
})

test('five thousand keys: a question per portion and hop, far below two megabytes', async () => {
  const { follow, people, relay } = stage
  const user = newKey()
  const direct = Array.from({ length: 60 }, newKey)
  follow(user, direct.map(({ key }) => key))
  let count = direct.length
  for (const [index, each] of direct.entries()) {
    const keys = Array.from({ length: 83 }, (_, n) => (index * 1000 + n).toString(16).padStart(64, '0'))
    count += keys.length
    follow(each, keys)
  }
  await (await people()).refresh(user.key)
  expect((await stage.kept())?.graph.hops.flat()).toHaveLength(count)
  expect(count).toBeGreaterThanOrEqual(5_000)
  expect(await stage.keptBytes()).toBeLessThan(2_000_000)
  // each list with its deletions: follows and mutes of the user, one portion of 60 authors; the words of all, those of the nearest thousand by name
  expect(relay.requests.length).toBe(2 * 3 + 1 + 4)
})
