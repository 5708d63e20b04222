import { useEffect, useState } from 'preact/hooks'
import type { SiteAccess } from '../../domain/site-access.ts'
import { useSurroundings } from './context.ts'

type Access = Awaited<ReturnType<SiteAccess['read']>>

/** Where the browser lets us run, as it changes; undefined until it is known. */
export function useSiteAccess(): Access | undefined {
  const { siteAccess } = useSurroundings()
  const [access, setAccess] = useState<Access | undefined>(undefined)
  useEffect(() => {
    const read = (): void => void siteAccess.read().then(setAccess, () => undefined)
    read()
    return siteAccess.onChange(read)
  }, [siteAccess])
  return access
}

/** Whether we may run on a site; true until the browser says no. */
export function useEnabledHere(origin: string | null): boolean {
  const { siteAccess } = useSurroundings()
  const [enabled, setEnabled] = useState(true)
  useEffect(() => {
    if (origin === null) return
    const read = (): void => void siteAccess.isEnabled(origin).then(setEnabled, () => undefined)
    read()
    return siteAccess.onChange(read)
  }, [siteAccess, origin])
  return enabled
}
