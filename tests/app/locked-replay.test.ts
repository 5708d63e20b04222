/** Tokens locked to our key whose swap is interrupted: the signature is made once and written down (cashu.md §2.6). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { condition, expectBalanced, receive, rowOf, tokenOf, two } from './locked-stage.ts'
import { expectMoneyConserved, openStage, type Stage, until } from './stage.ts'

let stage: Stage
let ours: string
beforeAll(async () => {
  stage = await openStage()
  ours = (await stage.world.screen.call('tokens.lockKey', {})).publicKey
})
afterAll(async () => {
  await expectMoneyConserved(stage)
  await stage.stop()
})

describe('a replay is the same bytes', () => {
  it.each([
    ['a signature per note', []],
    ['a signature over everything', [['sigflag', 'SIG_ALL']]],
  ])('%s: made once, written down, sent again after a lost answer', async (_, tags) => {
    const token = await tokenOf(
      stage,
      two(() => condition('P2PK', ours, tags)),
    )
    const bodies: string[] = []
    let lose = true
    stage.world.bend((url, _go, body) => {
      if (!url.endsWith('/v1/swap')) return null
      bodies.push(body)
      // the request is lost: nothing happened at the mint
      return lose ? Promise.reject(new TypeError('Failed to fetch')) : null
    })
    await expect(receive(stage, token)).rejects.toMatchObject({ code: 'mint_unreachable' })
    await stage.restart()
    lose = false
    await until(async () => {
      stage.world.clock.skewMs += 600_000
      await stage.world.app.wake()
      return (await rowOf(stage, token)) === undefined
    }, 'it is received')
    expect(bodies.length).toBeGreaterThan(1)
    expect(bodies[0]).toContain('signatures')
    expect(new Set(bodies).size).toBe(1)
    stage.world.bend(null)
    await expectBalanced(stage)
  })

  it('and when the mint had done it, the notes are restored', async () => {
    const token = await tokenOf(
      stage,
      two(() => condition('P2PK', ours)),
    )
    stage.devnet.mint.fault(/swap/, 'after', 1)
    await receive(stage, token).catch(() => undefined)
    await stage.restart()
    await until(async () => {
      stage.world.clock.skewMs += 600_000
      await stage.world.app.wake()
      return (await rowOf(stage, token)) === undefined
    }, 'it is received')
    await expectBalanced(stage)
  })

  it('after a rotation it is signed anew for the new outputs', async () => {
    const token = await tokenOf(
      stage,
      two(() => condition('P2PK', ours, [['sigflag', 'SIG_ALL']])),
    )
    stage.devnet.mint.rotateBefore(/swap/)
    await receive(stage, token)
    expect(await rowOf(stage, token)).toBeUndefined()
    await expectBalanced(stage)
  })
})
