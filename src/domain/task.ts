/** Kinds of requests that models are recommended for. */
export const TASKS = ['chat', 'code', 'vision', 'long_context', 'embedding'] as const
export type Task = (typeof TASKS)[number]

/** A model for a task, and why. */
export interface Recommendation {
  /** Its canonical name. */
  readonly model: string
  readonly task: Task
  /** Readable facts, the weightiest first. */
  readonly reasons: readonly string[]
  readonly providerName: string
  readonly providers: number
  /** What a usual request of this task costs there, msat. */
  readonly typicalMsat: number
}
