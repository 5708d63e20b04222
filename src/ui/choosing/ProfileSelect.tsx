import { type Profile, PROFILES } from '../../domain/choosing.ts'
import { choosingWords, profileWords } from './strings.ts'

interface Props {
  readonly label: string
  /** null: as set for all sites. */
  readonly value: Profile | null
  /** A choice of "as in Settings" comes first. */
  readonly optional?: boolean
  readonly disabled: boolean
  readonly onChange: (profile: Profile | null) => void
  readonly testId: string
}

export function ProfileSelect({ label, value, optional = false, disabled, onChange, testId }: Props) {
  return (
    <select
      aria-label={label}
      data-testid={testId}
      disabled={disabled}
      value={value ?? ''}
      onChange={(event) => {
        const chosen = event.currentTarget.value
        onChange(PROFILES.find((profile) => profile === chosen) ?? null)
      }}
    >
      {optional && <option value="">{choosingWords.asSet}</option>}
      {PROFILES.map((profile) => (
        <option key={profile} value={profile}>
          {profileWords[profile]}
        </option>
      ))}
    </select>
  )
}
