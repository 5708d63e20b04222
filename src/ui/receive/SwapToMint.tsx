import { RoutstrError } from '../../domain/errors.ts'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { type Act, useLive } from '../parts/live.ts'
import { plainText } from '../parts/page-text.ts'
import { receiveWords } from './strings.ts'

/** The other way than trust: the token is kept, and its worth moves to the mint of the user's that holds most. */
export function SwapToMint({ token, act, onStarted }: { token: string; act: Act; onStarted: () => void }) {
  const { client } = useSurroundings()
  const { value: wallet } = useLive('wallet.get', {})
  const [to] = (wallet?.mints ?? []).filter((mint) => mint.trusted).toSorted((a, b) => b.readyMsat - a.readyMsat)
  if (to === undefined) return null
  const swap = async (): Promise<void> => {
    const started = await act.run(async () => {
      await client.call('tokens.receive', { token, trustMint: false }).catch((error: unknown) => {
        // kept under Incoming: from there it moves
        if (!(error instanceof RoutstrError && error.code === 'unknown_mint')) throw error
      })
      const { incoming } = await client.call('wallet.get', {})
      const row = incoming.find((kept) => kept.token === token)
      if (row === undefined) throw new RoutstrError('not_found', 'The token is not among the incoming ones any more.')
      return client.call('moves.fromToken', { incomingId: row.id, to: to.mint.url })
    })
    if (started !== undefined) onStarted()
  }
  return (
    <Button disabled={act.busy} onPress={() => void swap()} testId="swap-to-mint">
      {receiveWords.swapTo} {plainText(to.mint.name, 30) || to.mint.url}
    </Button>
  )
}
