/** The mark: an R whose leg is a route that ends at a provider. The same drawing as the toolbar icon (`public/icon`). */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 128 128" role="img" aria-label="Routstr">
      <rect width="128" height="128" rx="30" fill="#f7931a" />
      <path
        d="M40 100V30h26a20.5 20.5 0 0 1 0 41H40M62 71l25 29"
        fill="none"
        stroke="#1d1203"
        stroke-width="16"
        stroke-linejoin="round"
        stroke-linecap="round"
      />
      <circle cx="88" cy="100" r="13.5" fill="#1d1203" />
    </svg>
  )
}
