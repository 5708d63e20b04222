/** Installs one when that can be done without asking. @throws Error with one sentence for a person */
export function ensureFirefox(): string
