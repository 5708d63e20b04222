import { describe, expect, test } from 'vitest'
import { imageTokens, tileTokens } from '../../../src/protocol/image-tokens.ts'

const dataUri = (bytes: number[], type = 'png') => `data:image/${type};base64,${Buffer.from(bytes).toString('base64')}`
const u16 = (value: number) => [value >> 8, value & 255]
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 0xffff)]
const text = (value: string) => [...Buffer.from(value)]

const png = (width: number, height: number) => dataUri([0x89, ...text('PNG\r\n\x1a\n'), ...u32(13), ...text('IHDR'), ...u32(width), ...u32(height)])
const jpeg = (width: number, height: number) =>
  dataUri([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 11, 8, ...u16(height), ...u16(width), 3], 'jpeg')
const gif = (width: number, height: number) => dataUri([...text('GIF89a'), ...u16(width).reverse(), ...u16(height).reverse()], 'gif')
const riff = (kind: string, bytes: number[]) => dataUri([...text('RIFF'), 0, 0, 0, 0, ...text('WEBP'), ...text(kind), 0, 0, 0, 0, ...bytes], 'webp')

describe('an image costs as many tokens as the node counts', () => {
  test.each([
    [512, 512, 255],
    [513, 512, 425],
    [1, 1, 255],
    // 4096×2048 → 2048×1024 → 768×384: two tiles
    [4096, 2048, 425],
    // 1000×999 → 768×767: four tiles
    [1000, 999, 765],
    [768, 768, 765],
  ])('%d×%d', (width, height, tokens) => {
    expect(tileTokens(width, height)).toBe(tokens)
  })

  test.each([
    ['PNG', png(513, 512)],
    ['JPEG, the frame behind another segment', jpeg(513, 512)],
    ['GIF', gif(513, 512)],
    ['WebP lossy', riff('VP8 ', [0, 0, 0, 0x9d, 1, 0x2a, 1, 2, 0, 2])],
    ['WebP lossless', riff('VP8L', [0x2f, ...u32((511 << 14) | 512).reverse()])],
    ['WebP extended', riff('VP8X', [0, 0, 0, 0, 0, 2, 0, 0xff, 1, 0])],
  ])('%s header', (_what, uri) => {
    expect(imageTokens(uri, 'auto')).toBe(425)
  })

  test.each([
    ['low detail', png(2000, 2000), 'low', 85],
    ['an address on the web, which we do not fetch', 'https://x.example/cat.png', 'auto', 85],
    ['no base64', 'data:image/png;base64,$$$', 'auto', 85],
    ['no comma', 'data:image/png', 'auto', 85],
    ['no bytes', 'data:image/png;base64,', 'auto', 85],
    ['bytes that are no image', dataUri([1, 2, 3, 4]), 'auto', 255],
    ['a header that ends too early', dataUri([0x89, ...text('PNG\r\n')]), 'auto', 255],
    ['a broken JPEG', dataUri([0xff, 0xd8, 0, 0]), 'auto', 255],
  ])('%s', (_what, uri, detail, tokens) => {
    expect(imageTokens(uri, detail)).toBe(tokens)
  })
})
