/** T35: six of a document, twelve of a site, and nobody is starved. */
import { expect, test } from 'vitest'
import { createTurns, type Queue } from '../../../src/background/turns.ts'

/** Documents whose requests are named by document and number; what runs is in `running`. */
function stage() {
  const queueFor = createTurns()
  const running: string[] = []
  const ends = new Map<string, () => void>()
  return {
    running,
    document: (name: string, site = 'https://site.example') => {
      const queue: Queue = queueFor(site)
      return (count: number): void => {
        for (let n = 1; n <= count; n++) {
          const id = `${name}${n}`
          const leave = queue.take(() => running.push(id))
          ends.set(id, () => {
            leave()
            if (running.includes(id)) running.splice(running.indexOf(id), 1)
          })
        }
      }
    },
    end: (...ids: string[]) => {
      for (const id of ids) ends.get(id)?.()
    },
  }
}

test('T35: a document runs six requests, in the order they came', () => {
  const { running, document, end } = stage()
  document('a')(9)
  expect(running).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6'])
  end('a2')
  expect(running).toEqual(['a1', 'a3', 'a4', 'a5', 'a6', 'a7'])
  // one that waits gives up, and one that ended ends again: neither makes room
  end('a8', 'a2')
  expect(running).toHaveLength(6)
  end('a1')
  expect(running.at(-1)).toBe('a9')
})

test('T35: a site runs twelve, whatever the number of its documents, and they take turns; another site does not wait', () => {
  const { running, document, end } = stage()
  const [a, b, c] = [document('a'), document('b'), document('c')]
  a(20)
  b(20)
  c(2)
  document('other', 'https://other.example')(1)
  expect(running.filter((id) => id.startsWith('a'))).toHaveLength(6)
  expect(running.filter((id) => id.startsWith('b'))).toHaveLength(6)
  expect(running).toContain('other1')
  end('a1')
  end('a2')
  end('b1')
  // b was next when a2 ended, but had six running itself
  expect(running.slice(-3)).toEqual(['a7', 'c1', 'b7'])
})

test('T35: a document that leaves gives back what it had, and a site that is idle leaves nothing behind', () => {
  const { running, document, end } = stage()
  const [a, b] = [document('a'), document('b')]
  a(6)
  b(10)
  const leaving = [...running.filter((id) => id.startsWith('b')), 'b7', 'b8', 'b9', 'b10']
  end(...leaving.reverse())
  expect(running).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6'])
  end(...running.slice())
  document('c')(6)
  expect(running).toHaveLength(6)
})
