/** Where the browser lets the extension run; the user decides that in the browser. */
export interface SiteAccess {
  /** `sites`: patterns of those enabled one by one, while it does not run everywhere. */
  read(): Promise<{ readonly everywhere: boolean; readonly sites: readonly string[] }>
  isEnabled(origin: string): Promise<boolean>
  /** The browser asks the user. Only straight out of a click. */
  enable(origin: string): Promise<boolean>
  /** @returns stops listening */
  onChange(changed: () => void): () => void
  /** Opens the place of the switch, where the browser allows that. */
  openSwitch(): Promise<void>
}
