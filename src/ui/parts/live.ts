/** What a screen reads and does: values that follow the background, and actions with their waiting and their failure. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { type ErrorFacts, errorFacts } from '../../domain/errors.ts'
import type { UiInput, UiOutput, UiRoute } from '../../messaging/ui-contract.ts'
import { useSurroundings } from './context.ts'

export interface Live<T> {
  /** undefined: not read yet. Kept while it is read again. */
  readonly value: T | undefined
  /** Why the last reading failed. */
  readonly problem: ErrorFacts | null
  reload(): void
}

/** Reads a route now and after each change. @param input null: not yet (nothing is read) */
export function useLive<R extends UiRoute>(route: R, input: UiInput<R> | null): Live<UiOutput<R>> {
  const { client } = useSurroundings()
  const [value, setValue] = useState<UiOutput<R> | undefined>(undefined)
  const [problem, setProblem] = useState<ErrorFacts | null>(null)
  const again = useRef<() => void>(() => {})
  const key = JSON.stringify(input)

  useEffect(() => {
    if (input === null) return
    let gone = false
    let reading = false
    let stale = false
    const read = async (): Promise<void> => {
      // changes come in bursts (each word of a stream): one reading at a time, and one more when something came in between
      if (reading) {
        stale = true
        return
      }
      reading = true
      do {
        stale = false
        try {
          const next = await client.call(route, input)
          if (gone) return
          setValue(() => next)
          setProblem(null)
        } catch (error) {
          if (gone) return
          setProblem(errorFacts(error))
        }
      } while (stale && !gone)
      reading = false
    }
    again.current = () => void read()
    const stop = client.onChange(() => void read())
    void read()
    return () => {
      gone = true
      stop()
    }
  }, [client, route, key])

  return { value, problem, reload: useCallback(() => again.current(), []) }
}

export interface Act {
  readonly busy: boolean
  readonly problem: ErrorFacts | null
  /** @returns undefined when it failed; `problem` says why. Ignored while another one runs. */
  run<T>(work: () => Promise<T>): Promise<T | undefined>
  clear(): void
}

export function useAct(): Act {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ErrorFacts | null>(null)
  const running = useRef(false)
  return {
    busy,
    problem,
    async run(work) {
      if (running.current) return undefined
      running.current = true
      setBusy(true)
      setProblem(null)
      try {
        return await work()
      } catch (error) {
        setProblem(errorFacts(error))
        return undefined
      } finally {
        running.current = false
        setBusy(false)
      }
    },
    clear: () => setProblem(null),
  }
}

/** The clock, read again every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

export function useOnline(): boolean {
  const [online, setOnline] = useState(() => navigator.onLine)
  useEffect(() => {
    const look = (): void => setOnline(navigator.onLine)
    addEventListener('online', look)
    addEventListener('offline', look)
    return () => {
      removeEventListener('online', look)
      removeEventListener('offline', look)
    }
  }, [])
  return online
}
