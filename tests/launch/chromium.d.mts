/** What every browser of ours is started with. */
export function chromiumFlags(): string[]
export function findChromium(): string | null
/** Installs one when that can be done without asking. @throws Error with one sentence for a person */
export function ensureChromium(): string
export function isProgram(path: string): boolean
