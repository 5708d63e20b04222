import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { ScannerProps } from './Scanner.tsx'

/** The scanner, loaded when it is opened for the first time: most visits to a form need none. */
export function LazyScanner(props: ScannerProps) {
  const [Loaded, setLoaded] = useState<ComponentType<ScannerProps> | null>(null)
  useEffect(() => {
    let gone = false
    void import('./Scanner.tsx').then(({ Scanner }) => !gone && setLoaded(() => Scanner))
    return () => {
      gone = true
    }
  }, [])
  return Loaded === null ? null : <Loaded {...props} />
}
