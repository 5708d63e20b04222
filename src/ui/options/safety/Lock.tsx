import { KeyRound, Lock as LockSign } from 'lucide-preact'
import { useState } from 'preact/hooks'
import { AUTO_LOCK_CHOICES, type LockView } from '../../../domain/lock.ts'
import { ChoosePassphrase } from '../../lock/ChoosePassphrase.tsx'
import '../../lock/lock.css'
import { PassphraseField } from '../../lock/PassphraseField.tsx'
import { lockWords } from '../../lock/strings.ts'
import { UnlockForm } from '../../lock/UnlockForm.tsx'
import { WalletsAside } from '../../lock/WalletsAside.tsx'
import { amountPhrase } from '../../parts/amounts.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { type Act, useAct, useLive } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { say } from '../../parts/toasts.ts'

/** The passphrase of the wallet: set, change, remove; when it locks. */
export function Lock() {
  const { value: view, problem, reload } = useLive('lock.get', {})
  if (view === undefined) return problem === null ? <Loading rows={3} /> : <Problem facts={problem} onRetry={reload} />
  return (
    <section class="card stack" data-testid="lock-card" data-protected={view.protected}>
      <h2>{lockWords.card}</h2>
      <p class="lead">{view.protected ? lockWords.cardOn : lockWords.cardText}</p>
      {view.locked ? <UnlockForm /> : view.protected ? <Protected view={view} /> : <Unprotected />}
      <WalletsAside wallets={view.setAside} />
    </section>
  )
}

function Unprotected() {
  const { client } = useSurroundings()
  const act = useAct()
  const [open, setOpen] = useState(false)
  if (!open)
    return (
      <div class="buttons">
        <Button icon={KeyRound} onPress={() => setOpen(true)} testId="lock-begin">
          {lockWords.choose}
        </Button>
      </div>
    )
  const protect = async (passphrase: string): Promise<void> => {
    if ((await act.run(() => client.call('lock.protect', { passphrase }))) !== undefined) say(lockWords.done)
  }
  return (
    <>
      <p class="notice warn">
        <LockSign size={18} />
        <span>{lockWords.warning}</span>
      </p>
      <ChoosePassphrase hasCurrent={false} act={act} button={lockWords.protect} onChosen={(next) => void protect(next)}>
        <Button kind="quiet" onPress={() => setOpen(false)}>
          {lockWords.cancel}
        </Button>
      </ChoosePassphrase>
    </>
  )
}

function Protected({ view }: { view: LockView }) {
  const { client } = useSurroundings()
  const act = useAct()
  const [form, setForm] = useState<'change' | 'remove' | null>(null)
  const close = (): void => {
    act.clear()
    setForm(null)
  }
  const lock = async (): Promise<void> => {
    const done = await act.run(() => client.call('lock.lock', {}))
    if (done !== undefined && done.atProvidersMsat !== null && done.atProvidersMsat > 0) say(`Locked. ${amountPhrase(done.atProvidersMsat)} wait at providers.`)
  }
  const change = async (next: string, current: string): Promise<void> => {
    if ((await act.run(() => client.call('lock.change', { current, next }))) === undefined) return
    say(lockWords.changed)
    setForm(null)
  }
  if (form === 'change')
    return (
      <ChoosePassphrase hasCurrent act={act} button={lockWords.change} onChosen={(next, current) => void change(next, current)}>
        <Button kind="quiet" onPress={close}>
          {lockWords.cancel}
        </Button>
      </ChoosePassphrase>
    )
  if (form === 'remove') return <Remove act={act} onClose={close} />
  return (
    <>
      <div class="buttons">
        <Button kind="primary" icon={LockSign} busy={act.busy} onPress={() => void lock()} testId="lock-now">
          {lockWords.lockNow}
        </Button>
        <Button onPress={() => setForm('change')} testId="lock-change">
          {lockWords.change}
        </Button>
        <Button kind="danger" onPress={() => setForm('remove')} testId="lock-remove">
          {lockWords.remove}
        </Button>
      </div>
      <p class="hint">{lockWords.lockNowHint}</p>
      <AutoLock minutes={view.autoLockMinutes} act={act} />
      <Problem facts={act.problem} />
    </>
  )
}

function Remove({ act, onClose }: { act: Act; onClose: () => void }) {
  const { client } = useSurroundings()
  const [current, setCurrent] = useState('')
  const remove = async (): Promise<void> => {
    if ((await act.run(() => client.call('lock.unprotect', { current }))) !== undefined) say(lockWords.removed)
  }
  return (
    <form
      class="stack lock-form"
      onSubmit={(event) => {
        event.preventDefault()
        void remove()
      }}
    >
      <PassphraseField label={lockWords.current} value={current} onInput={setCurrent} hint={lockWords.removeText} focus testId="lock-current" />
      <Problem facts={act.problem} />
      <div class="buttons">
        <Button submit kind="danger" busy={act.busy} disabled={current === ''} testId="lock-remove-confirm">
          {lockWords.remove}
        </Button>
        <Button kind="quiet" onPress={onClose}>
          {lockWords.cancel}
        </Button>
      </div>
    </form>
  )
}

function AutoLock({ minutes, act }: { minutes: number | null; act: Act }) {
  const { client } = useSurroundings()
  const choices = AUTO_LOCK_CHOICES.some((choice) => choice === minutes) ? AUTO_LOCK_CHOICES : [minutes, ...AUTO_LOCK_CHOICES]
  return (
    <label class="field">
      <span class="label">{lockWords.auto}</span>
      <span>
        <select
          value={String(minutes)}
          disabled={act.busy}
          data-testid="lock-auto"
          onChange={(event) => {
            const { value } = event.currentTarget
            void act.run(() => client.call('lock.autoLock', { minutes: value === 'null' ? null : Number(value) }))
          }}
        >
          {choices.map((choice) => (
            <option key={String(choice)} value={String(choice)}>
              {choice === null ? lockWords.never : `${choice} minutes`}
            </option>
          ))}
        </select>
      </span>
      <span class="hint">{lockWords.autoHint}</span>
    </label>
  )
}
