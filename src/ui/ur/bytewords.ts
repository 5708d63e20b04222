/**
 * Bytes as letters, the way a QR code of a UR carries them (BCR-2020-012, minimal style): two letters a byte, a CRC-32 of the bytes at
 * the end. The two letters are the first and the last of a four-letter word; the table lists just those, in the order of the bytes.
 */

const LETTERS =
  'aeadaoaxaaahamatayasbkbdbnbtbabsbebybgbwbbbzcmchcscfcycwcecackctcxclcpcndkdadsdidedtdrdndwdpdmdldyeheyeoeeecenemetesftfrfnfsfmfh' +
  'fzfpfwfxfyfefgflfdgagegrgsgtglgwgdgygmgughgohfhghdhkhthphhhlhyhehnhsidiaieihiyioisinimjejzjnjtjljojsjpjkjykpkoktkskkknkgkekikblb' +
  'lalylflslrlplnltloldlelulklgmnmymhmemomumwmdmtmsmknlnyndnsntnnnenboyoeotoxonolospdptpkpypspmplpepfpaprqdqzrerprlrorhrdrkrfryrnrs' +
  'rtsesasrssskswstspsosgsbsfsntotktitttdtetytltbtstptatnuyuoutueurvtvyvovlvevwvavdvswlwdwmwpwewywswtwnwzwfwkykynylyaytzszoztzczezm'

const PAIRS: readonly string[] = LETTERS.match(/../g) ?? []
const BYTE_OF: ReadonlyMap<string, number> = new Map(PAIRS.map((pair, byte) => [pair, byte]))

export function toBytewords(bytes: Uint8Array): string {
  const checksum = new DataView(new ArrayBuffer(4))
  checksum.setUint32(0, crc32(bytes))
  return [...bytes, ...new Uint8Array(checksum.buffer)].map((byte) => PAIRS[byte]).join('')
}

/** @param letters lower case @returns null when it is no bytewords, or the checksum is wrong */
export function fromBytewords(letters: string): Uint8Array | null {
  if (letters.length < 10 || letters.length % 2 !== 0) return null
  const bytes = new Uint8Array(letters.length / 2)
  for (let index = 0; index < bytes.length; index++) {
    const byte = BYTE_OF.get(letters.slice(index * 2, index * 2 + 2))
    if (byte === undefined) return null
    bytes[index] = byte
  }
  const body = bytes.subarray(0, -4)
  return new DataView(bytes.buffer).getUint32(body.length) === crc32(body) ? body : null
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1
  return rest
})

/** The CRC-32 of zip and PNG (ISO-HDLC), as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
  return ~crc >>> 0
}
