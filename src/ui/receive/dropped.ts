/** Files that were dropped or pasted → the text in them: text files as they are, pictures by the QR code in them. */
import { isPicture, readPicture } from '../scan/read-picture.ts'
import { scanWords } from '../scan/strings.ts'
import { createCollector } from '../ur/collect.ts'
import { receiveWords } from './strings.ts'

export type Dropped = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'nothing'; readonly why: string }

/** Five of the longest tokens. */
const LARGEST_TEXT_BYTES = 1_000_000

/** Never throws: the reason is a sentence for the user. Several pictures may show the parts of one moving code. */
export async function textOfFiles(files: readonly File[]): Promise<Dropped> {
  const texts: string[] = []
  const collect = createCollector()
  let why: string | null = null
  for (const file of files) {
    if (!isPicture(file)) {
      if (file.size > LARGEST_TEXT_BYTES) why = receiveWords.fileTooLarge
      else texts.push(await file.text().catch(() => ''))
      continue
    }
    const picture = await readPicture(file)
    if (picture.kind === 'nothing') {
      why = picture.why
      continue
    }
    const collected = collect(picture.code)
    if (collected.kind === 'other') texts.push(picture.code)
    else if (collected.kind === 'whole') texts.push(collected.text)
    else why = scanWords.pictureOfMoving
  }
  const text = texts.join('\n').trim()
  if (text !== '') return { kind: 'text', text }
  return { kind: 'nothing', why: why ?? receiveWords.fileEmpty }
}
