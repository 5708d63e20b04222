/** The mark: an R whose leg is a lightning route. The same drawing as the toolbar icon. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 128 128" role="img" aria-label="Routstr">
      <rect width="128" height="128" rx="30" fill="#f7931a" />
      <path d="M42 102V28h24a21 21 0 0 1 4 41.5H56l32 0-20 0 22 32.5" fill="none" stroke="#1d1203" stroke-width="15" stroke-linejoin="round" stroke-linecap="round" />
    </svg>
  )
}
