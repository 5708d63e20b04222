/** How a relay does, for people. Times in ms; counts since the worker began. */
export interface RelayHealth {
  readonly url: string
  readonly state: 'connecting' | 'connected' | 'waiting'
  readonly connectedSince: number | null
  readonly lastEventAt: number | null
  readonly events: number
  /** Too large, forged, dated ahead, no events at all. */
  readonly refused: number
  readonly failures: number
  /** Why it was left last, or what is odd about it; null: all is well. */
  readonly problem: string | null
}
