/** Animated codes against the vectors of the standard, against the library of cashu.me, and against hostile frames. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { toBytewords } from '../../../../src/ui/ur/bytewords.ts'
import { encodeBytes, encodePart } from '../../../../src/ui/ur/cbor.ts'
import { type Collected, createCollector } from '../../../../src/ui/ur/collect.ts'
import { animate, animateMessage } from '../../../../src/ui/ur/encode.ts'
import { dice } from '../../../../src/ui/ur/mixing.ts'
import { photograph } from './pixels.ts'
import { readCode } from '../../../../src/ui/scan/read-code.ts'

const numbered = v.object({ size: v.number(), count: v.number(), frames: v.array(v.string()) })
const recorded = v.parse(
  v.object({
    text: v.string(),
    animations: v.array(numbered),
    far: v.object({ size: v.number(), from: v.number(), frames: v.array(v.string()) }),
    single: v.object({ text: v.string(), frame: v.string() }),
  }),
  JSON.parse(readFileSync(new URL('../../../fixtures/ur/cashu-me.json', import.meta.url), 'utf8')),
)

/** The message of the reference tests: `length` dice of the seed "Wolf". */
function wolf(length: number): Uint8Array {
  const roll = dice(new TextEncoder().encode('Wolf'))
  return encodeBytes(Uint8Array.from({ length }, () => Math.floor(roll() * 256)))
}

/** A text like a token of that length; the same one each time. */
function tokenOf(length: number, seed = 'token'): string {
  const roll = dice(new TextEncoder().encode(seed))
  return `cashuB${Array.from({ length: length - 6 }, () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'[Math.floor(roll() * 64)]).join('')}`
}

function collectAll(frames: Iterable<string>): { seen: number; last: Collected } {
  const collect = createCollector()
  let seen = 0
  let last: Collected = { kind: 'other' }
  for (const frame of frames) {
    seen++
    last = collect(frame)
    if (last.kind === 'whole') break
  }
  return { seen, last }
}

describe('the standard (vectors of the bc-ur reference, BCR-2020-005)', () => {
  it('one part', () => {
    expect(animateMessage(wolf(50), 1000).frame(1)).toBe(
      'ur:bytes/hdeymejtswhhylkepmykhhtsytsnoyoyaxaedsuttydmmhhpktpmsrjtgwdpfnsboxgwlbaawzuefywkdplrsrjynbvygabwjldapfcsdwkbrkch',
    )
  })

  it('twenty frames of nine fragments', () => {
    const animation = animateMessage(wolf(256), 30)
    const bodies = [
      'lpadascfadaxcywenbpljkhdcahkadaemejtswhhylkepmykhhtsytsnoyoyaxaedsuttydmmhhpktpmsrjtdkgslpgh',
      'lpaoascfadaxcywenbpljkhdcagwdpfnsboxgwlbaawzuefywkdplrsrjynbvygabwjldapfcsgmghhkhstlrdcxaefz',
      'lpaxascfadaxcywenbpljkhdcahelbknlkuejnbadmssfhfrdpsbiegecpasvssovlgeykssjykklronvsjksopdzmol',
      'lpaaascfadaxcywenbpljkhdcasotkhemthydawydtaxneurlkosgwcekonertkbrlwmplssjtammdplolsbrdzcrtas',
      'lpahascfadaxcywenbpljkhdcatbbdfmssrkzmcwnezelennjpfzbgmuktrhtejscktelgfpdlrkfyfwdajldejokbwf',
      'lpamascfadaxcywenbpljkhdcackjlhkhybssklbwefectpfnbbectrljectpavyrolkzczcpkmwidmwoxkilghdsowp',
      'lpatascfadaxcywenbpljkhdcavszmwnjkwtclrtvaynhpahrtoxmwvwatmedibkaegdosftvandiodagdhthtrlnnhy',
      'lpayascfadaxcywenbpljkhdcadmsponkkbbhgsoltjntegepmttmoonftnbuoiyrehfrtsabzsttorodklubbuyaetk',
      'lpasascfadaxcywenbpljkhdcajskecpmdckihdyhphfotjojtfmlnwmadspaxrkytbztpbauotbgtgtaeaevtgavtny',
      'lpbkascfadaxcywenbpljkhdcahkadaemejtswhhylkepmykhhtsytsnoyoyaxaedsuttydmmhhpktpmsrjtwdkiplzs',
      'lpbdascfadaxcywenbpljkhdcahelbknlkuejnbadmssfhfrdpsbiegecpasvssovlgeykssjykklronvsjkvetiiapk',
      'lpbnascfadaxcywenbpljkhdcarllaluzmdmgstospeyiefmwejlwtpedamktksrvlcygmzemovovllarodtmtbnptrs',
      'lpbtascfadaxcywenbpljkhdcamtkgtpknghchchyketwsvwgwfdhpgmgtylctotzopdrpayoschcmhplffziachrfgd',
      'lpbaascfadaxcywenbpljkhdcapazewnvonnvdnsbyleynwtnsjkjndeoldydkbkdslgjkbbkortbelomueekgvstegt',
      'lpbsascfadaxcywenbpljkhdcaynmhpddpzmversbdqdfyrehnqzlugmjzmnmtwmrouohtstgsbsahpawkditkckynwt',
      'lpbeascfadaxcywenbpljkhdcawygekobamwtlihsnpalnsghenskkiynthdzotsimtojetprsttmukirlrsbtamjtpd',
      'lpbyascfadaxcywenbpljkhdcamklgftaxykpewyrtqzhydntpnytyisincxmhtbceaykolduortotiaiaiafhiaoyce',
      'lpbgascfadaxcywenbpljkhdcahkadaemejtswhhylkepmykhhtsytsnoyoyaxaedsuttydmmhhpktpmsrjtntwkbkwy',
      'lpbwascfadaxcywenbpljkhdcadekicpaajootjzpsdrbalpeywllbdsnbinaerkurspbncxgslgftvtsrjtksplcpeo',
      'lpbbascfadaxcywenbpljkhdcayapmrleeleaxpasfrtrdkncffwjyjzgyetdmlewtkpktgllepfrltataztksmhkbot',
    ]
    expect(animation.count).toBe(9)
    expect(bodies.map((_, index) => animation.frame(index + 1))).toEqual(bodies.map((body, index) => `ur:bytes/${index + 1}-9/${body}`))
  })
})

describe('cashu.me (frames recorded from its library)', () => {
  it.each(recorded.animations)('shows the same frames at size $size', ({ size, count, frames }) => {
    const animation = animate(recorded.text, size)
    expect(animation.count).toBe(count)
    expect(frames.map((_, index) => animation.frame(index + 1))).toEqual(frames)
  })

  it('shows the same frames after a long time', () => {
    const { size, from, frames } = recorded.far
    const animation = animate(recorded.text, size)
    expect(frames.map((_, index) => animation.frame(from + index))).toEqual(frames)
  })

  it.each(recorded.animations)('is read at size $size, every fifth frame lost', ({ frames }) => {
    const { last } = collectAll(frames.filter((_, index) => index % 5 !== 0))
    expect(last).toEqual({ kind: 'whole', text: recorded.text })
  })

  it('is read when the token fits one frame, in capitals too', () => {
    expect(createCollector()(recorded.single.frame)).toEqual({ kind: 'whole', text: recorded.single.text })
    expect(createCollector()(recorded.single.frame.toUpperCase())).toEqual({ kind: 'whole', text: recorded.single.text })
    expect(animate(recorded.single.text, 150).frame(1)).toBe(recorded.single.frame)
  })
})

describe('a 20 kB token through pictures of codes', () => {
  it.each([50, 100, 150])(
    'parts of %i bytes, a third of the frames lost, the rest shuffled',
    async (size) => {
      const text = tokenOf(20_000)
      const { count, frame } = animate(text, size)
      const roll = dice(new TextEncoder().encode('loss'))
      const shown = Array.from({ length: 2 * count }, (_, index) => index + 1).filter(() => roll() > 1 / 3)
      const collect = createCollector()
      let seen = 0
      let end: Collected = { kind: 'other' }
      while (end.kind !== 'whole' && shown.length > 0) {
        const [sequence = 1] = shown.splice(Math.floor(roll() * shown.length), 1)
        const code = await readCode(photograph(frame(sequence), { scale: 3 }), 20)
        expect(code).toBe(frame(sequence))
        seen++
        end = collect(code ?? '')
      }
      expect(end).toEqual({ kind: 'whole', text })
      // Gauss: hardly more frames than fragments
      expect(seen).toBeLessThan(count * 1.1 + 10)
    },
  )
})

describe('collecting', () => {
  it('tells how much is there, and it only grows', () => {
    const { count, frame } = animate(tokenOf(3000), 100)
    const collect = createCollector()
    const shares = Array.from({ length: count - 1 }, (_, index) => {
      const step = collect(frame(index + 1))
      return step.kind === 'part' ? step.share : Number.NaN
    })
    expect(shares).toEqual(shares.map((_, index) => (index + 1) / count))
    expect(collect(frame(1))).toEqual({ kind: 'part', share: (count - 1) / count })
    expect(collect(frame(count))).toEqual({ kind: 'whole', text: tokenOf(3000) })
  })

  it('goes on when the shower changes the part size or the token in between, and back', () => {
    const wanted = animate(tokenOf(2000), 100)
    const other = animate(tokenOf(2000, 'another'), 100)
    const resized = animate(tokenOf(2000), 50)
    const frames = Array.from({ length: wanted.count }, (_, index) => [other.frame(index + 50), resized.frame(index + 1), wanted.frame(index + 1)]).flat()
    expect(collectAll(frames.slice(0, 3 * wanted.count)).last).toEqual({ kind: 'whole', text: tokenOf(2000) })
  })

  it('hands over what is no animated code at all', () => {
    for (const text of ['cashuBabc', 'https://example.com/ur:bytes', 'lnbc1…', '', 'url:x']) expect(createCollector()(text)).toEqual({ kind: 'other' })
  })

  it.each([
    ['a wrong checksum of the frame', animate(tokenOf(500), 100).frame(1).replace(/..$/, 'ae')],
    ['letters that are no words', 'ur:bytes/1-5/zqzqzqzqzqzqzq'],
    ['an odd letter', 'ur:bytes/1-5/aeaeaeaea'],
    ['nothing', 'ur:bytes/'],
    ['a number that does not fit the frame', animate(tokenOf(500), 100).frame(1).replace('/1-', '/2-')],
    [
      'a count that does not fit the frame',
      animate(tokenOf(500), 100)
        .frame(1)
        .replace(/-\d+\//, '-4294967295/'),
    ],
    ['2³² fragments', hostile({ count: 0xffffffff })],
    ['more fragments than the message has bytes', hostile({ count: 4000, length: 100 })],
    ['a message of 4 GB', hostile({ length: 0xffffffff })],
    ['an empty message', hostile({ length: 0 })],
    ['an empty fragment', hostile({ fragment: new Uint8Array(0) })],
    ['no fragments', hostile({ count: 0 })],
    ['a text that is no UTF-8', animateMessage(encodeBytes(Uint8Array.of(0xff, 0xfe)), 100).frame(1)],
    ['something that is no text', animateMessage(Uint8Array.of(0x18, 0x2a), 100).frame(1)],
  ])('says that it is broken: %s', (_, frame) => {
    const began = performance.now()
    expect(createCollector()(frame)).toEqual({ kind: 'broken' })
    expect(performance.now() - began).toBeLessThan(1000)
  })

  it('a message whose whole is not what it promised is broken, and the next one is read', () => {
    const collect = createCollector()
    const message = encodeBytes(new TextEncoder().encode('cashuB-a-false-one'))
    const fragments = [message.slice(0, 10), Uint8Array.from([...message.slice(10), 0])]
    const lie = (sequence: number) => hostile({ sequence, length: message.length, checksum: 7, fragment: fragments[sequence - 1] ?? new Uint8Array(10) })
    expect(collect(lie(1))).toEqual({ kind: 'part', share: 0.5 })
    expect(collect(lie(2))).toEqual({ kind: 'broken' })
    expect(collect(recorded.single.frame)).toEqual({ kind: 'whole', text: recorded.single.text })
  })

  it('never throws, and never takes long', () => {
    const number = fc.oneof(fc.nat(20), fc.integer({ min: 0, max: 0xffffffff }))
    const part = fc.record({ sequence: number, count: number, length: number, checksum: number, fragment: fc.uint8Array({ maxLength: 60 }) })
    const foreign = fc.oneof(
      fc.string(),
      fc.uint8Array().map((bytes) => `ur:bytes/${toBytewords(bytes)}`),
      fc.tuple(number, number, fc.uint8Array()).map(([sequence, count, bytes]) => `UR:bytes/${sequence}-${count}/${toBytewords(bytes)}`),
      part.map((one) => `ur:bytes/${one.sequence}-${one.count}/${toBytewords(encodePart(one))}`),
    )
    fc.assert(
      fc.property(fc.array(foreign, { minLength: 1, maxLength: 8 }), (frames) => {
        const collect = createCollector()
        for (const frame of frames) expect(['other', 'broken', 'part', 'whole']).toContain(collect(frame).kind)
      }),
      { numRuns: 2000 },
    )
  })
})

function hostile(change: Partial<Parameters<typeof encodePart>[0]>): string {
  const part = { sequence: 1, count: 2, length: 20, checksum: 1, fragment: new Uint8Array(10), ...change }
  return `ur:bytes/${part.sequence}-${part.count}/${toBytewords(encodePart(part))}`
}
