/**
 * The time zone in which it is between three and four in the morning now. Tests move their clocks by hours, and a limit "per day"
 * begins anew at midnight: in this zone they never meet one unasked, whatever the hour is here. Midnights have tests of their own.
 * Zones named like this are signed the other way round: east of Greenwich is `Etc/GMT-…`.
 */
export function earlyHours(now: Date): string {
  const ahead = (27 - now.getUTCHours()) % 24
  const east = ahead > 14 ? ahead - 24 : ahead
  return `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`
}
