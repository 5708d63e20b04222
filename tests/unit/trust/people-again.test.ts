/** Reading again asks for news only: counted in events that a real relay sends. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOUR_S, type Key, newKey, openPeopleStage, type PeopleStage, PROVIDER } from './people-stage.ts'

let stage: PeopleStage
beforeEach(async () => {
  stage = await openPeopleStage()
})
afterEach(() => stage.stop())

const key = (n: number): string => n.toString(16).padStart(64, '0')
const hopsOf = async (): Promise<readonly number[] | undefined> => (await stage.kept())?.graph.hops.map(({ length }) => length)

test('five thousand keys: nothing new, close to nothing sent; one changed list, one more event', async () => {
  const [user, direct] = [newKey(), Array.from({ length: 60 }, newKey)]
  stage.follow(user, direct.map((each) => each.key), 500 * HOUR_S)
  for (const [index, each] of direct.entries()) stage.follow(each, Array.from({ length: 83 }, (_, n) => key(index * 1_000 + n)), (index + 2) * 2 * HOUR_S)
  for (const [index, each] of direct.entries()) stage.word(each, 1, (index + 2) * 2 * HOUR_S)
  const first = await stage.refreshed(user.key)
  // the lists once; the words of all, and those of the nearest by name
  expect(first.sent).toBe(1 + 60 + 60 + 60)
  expect(await hopsOf()).toEqual([60, 60 * 83])

  const second = await stage.again(user.key)
  // what is dated within an hour of the newest that is known: one event for each question
  expect(second.sent).toBe(4)
  expect(await hopsOf()).toEqual([60, 60 * 83])
  expect(second.around.hopsTo(key(59_082))).toBe(2)

  const changed = direct[30]
  if (changed !== undefined) stage.follow(changed, [key(999_999)])
  const third = await stage.again(user.key)
  expect(third.sent).toBe(second.sent + 1)
  expect(await hopsOf()).toEqual([60, 59 * 83 + 1])
  expect([third.around.hopsTo(key(999_999)), third.around.hopsTo(key(30_000)), third.around.hopsTo(key(1_000))]).toEqual([2, undefined, 2])
})

describe('a changed list', () => {
  test('who is new is asked for all; who is not reached any more is not heard, nor kept', async () => {
    const [user, old, fresh, far, steady] = [newKey(), newKey(), newKey(), newKey(), newKey()]
    stage.follow(user, [old.key, steady.key], 1_000 * HOUR_S)
    stage.follow(old, [key(1)], 900 * HOUR_S)
    stage.follow(fresh, [far.key], 2_000 * HOUR_S)
    stage.word(old, -1, 800 * HOUR_S)
    stage.word(far, 1, 3_000 * HOUR_S)
    stage.word(steady, 1, 10 * HOUR_S)
    const before = await stage.refreshed(user.key)
    expect(before.around.about(PROVIDER).parts[0]?.says).toContain('1 recommend it, 1 warn')
    stage.follow(user, [fresh.key, steady.key])
    const after = await stage.again(user.key)
    expect(after.around.about(PROVIDER).parts[0]?.says).toContain('2 recommend it, 0 warn')
    expect([old.key, key(1), fresh.key, far.key].map(after.around.hopsTo)).toEqual([undefined, undefined, 1, 2])
    const kept = await stage.kept()
    expect([kept?.graph.hops, kept?.graph.lists.ids.length, kept?.words.length]).toEqual([[[fresh.key, steady.key], [far.key]], 2, 2])
  })

  test('muted and heard again: what they follow is remembered meanwhile', async () => {
    const [user, near, other] = [newKey(), newKey(), newKey()]
    stage.follow(user, [near.key, other.key], 100 * HOUR_S)
    stage.follow(near, [key(1)], 90 * HOUR_S)
    stage.follow(other, [near.key], 80 * HOUR_S)
    stage.publish(user, 10_000, stage.tagsFor([near.key]), 70 * HOUR_S)
    const muted = await stage.refreshed(user.key)
    expect([near.key, key(1)].map(muted.around.hopsTo)).toEqual([undefined, undefined])
    stage.publish(user, 10_000, [])
    const heard = await stage.again(user.key)
    expect([near.key, key(1), other.key].map(heard.around.hopsTo)).toEqual([1, 2, 1])
  })
})

describe('words', () => {
  test('only what is new is sent; a wish to delete is heard', async () => {
    const [user, near] = [newKey(), newKey()]
    stage.follow(user, [near.key], 100 * HOUR_S)
    stage.word(near, 1, 50 * HOUR_S)
    await stage.refreshed(user.key)
    const { sent: known } = await stage.again(user.key)
    stage.word(near, -1)
    const changed = await stage.again(user.key)
    // to the question to all, and by name; the word before it is gone from the relay
    expect(changed.sent).toBe(known)
    expect(changed.around.about(PROVIDER).parts[0]?.says).toContain('0 recommend it, 1 warn')
    stage.publish(near, 5, [['a', `38000:${near.key}:node`], ['k', '38000']])
    expect((await stage.again(user.key)).around.about(PROVIDER).parts).toEqual([])
    // nothing is known of theirs any more: their whole history is asked for, and the deletion is part of it
    expect((await stage.again(user.key)).around.about(PROVIDER).parts).toEqual([])
  })
})

describe('what changes nothing', () => {
  const around = async (): Promise<{ user: Key; near: Key }> => {
    const [user, near] = [newKey(), newKey()]
    stage.follow(user, [near.key], 10)
    stage.follow(near, [key(1)], 10)
    await stage.refreshed(user.key)
    return { user, near }
  }
  const still = async (user: Key): Promise<void> => {
    await stage.again(user.key)
    expect((await stage.kept())?.graph.hops[1]).toEqual([key(1)])
  }

  test('an older list, also when everything is read again', async () => {
    const { user, near } = await around()
    stage.relay.inject(stage.signed(near, 3, stage.tagsFor([key(2)]), 600))
    await still(user)
    stage.pass(8 * 24 * HOUR_S)
    await still(user)
  })

  test('a forged one, one of the future, one of another key, one of another kind', async () => {
    const { user, near } = await around()
    stage.pass(HOUR_S)
    stage.relay.inject({ ...stage.signed(near, 3, stage.tagsFor([key(2)])), sig: 'ab'.repeat(64) })
    stage.relay.inject({ ...stage.signed(newKey(), 3, stage.tagsFor([key(3)])), pubkey: near.key })
    stage.relay.inject(stage.signed(near, 3, stage.tagsFor([key(4)]), -9 * HOUR_S))
    stage.relay.inject(stage.signed(near, 30_000, stage.tagsFor([key(5)])))
    await still(user)
  })

  test('a wish to delete of another key', async () => {
    const { user, near } = await around()
    stage.relay.inject(stage.signed(newKey(), 5, [['a', `3:${near.key}:`], ['k', '3']]))
    await still(user)
  })
})

describe('a list that its author has deleted', () => {
  test.each(['a', 'e'])('by %s is empty, and an older one does not take its place', async (by) => {
    const [user, near] = [newKey(), newKey()]
    stage.follow(user, [near.key], 100 * HOUR_S)
    const { id } = stage.follow(near, [key(1)], HOUR_S)
    await stage.refreshed(user.key)
    expect(await hopsOf()).toEqual([1, 1])
    stage.publish(near, 5, [by === 'a' ? ['a', `3:${near.key}:`] : ['e', id], ['k', '3']])
    await stage.again(user.key)
    expect(await hopsOf()).toEqual([1])
    stage.relay.inject(stage.signed(near, 3, stage.tagsFor([key(2)]), 8 * HOUR_S))
    stage.pass(8 * 24 * HOUR_S)
    await stage.again(user.key)
    expect(await hopsOf()).toEqual([1])
    stage.follow(near, [key(3)])
    await stage.again(user.key)
    expect(await hopsOf()).toEqual([1, 1])
  })
})

describe('everything is read again', () => {
  /** It came to the relay long after it was written. */
  async function late(aheadSeconds = 0): Promise<Key> {
    const [user, near, other] = [newKey(), newKey(), newKey()]
    stage.follow(user, [near.key, other.key], aheadSeconds + 100 * HOUR_S)
    stage.follow(near, [key(1)], aheadSeconds + 90 * HOUR_S)
    stage.follow(other, [key(1)], aheadSeconds + 10)
    await stage.refreshed(user.key)
    stage.follow(near, [key(1), key(2)], aheadSeconds + 60 * HOUR_S)
    await stage.again(user.key)
    expect(await hopsOf()).toEqual([2, 1])
    return user
  }

  test('after a week: what came late is not missed for ever', async () => {
    const user = await late()
    stage.pass(6 * 24 * HOUR_S)
    await stage.again(user.key)
    expect(await hopsOf()).toEqual([2, 1])
    stage.pass(24 * HOUR_S)
    await stage.again(user.key)
    expect(await hopsOf()).toEqual([2, 2])
  })

  test('when another relay is asked', async () => {
    const user = await late()
    await stage.addRelay()
    await stage.again(user.key)
    expect(await hopsOf()).toEqual([2, 2])
  })

  test('when a question was not answered', async () => {
    const user = await late()
    const heard = stage.relay.requests.length
    // silent after the user's own lists: nothing is lost, and the next time is a whole one
    const cut = setInterval(() => {
      if (stage.relay.requests.length >= heard + 4) stage.relay.down = true
    }, 0)
    await stage.again(user.key)
    clearInterval(cut)
    stage.relay.down = false
    expect(await hopsOf()).toEqual([2, 1])
    await stage.again(user.key)
    expect(await hopsOf()).toEqual([2, 2])
  })

  test('when the clock was ahead the last time', async () => {
    const ahead = 1_000 * 24 * HOUR_S
    stage.pass(ahead)
    const user = await late(ahead)
    stage.pass(-ahead)
    expect((await stage.refreshed(user.key)).around.hopsTo(key(2))).toBe(2)
  })
})
