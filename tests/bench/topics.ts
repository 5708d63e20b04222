/** What `npm run bench` measures. To add a topic: a file of its own that exports a `Topic`, and a line in the list. */
import { followGraph } from './follow-graph.ts'
import { ingesting } from './ingesting.ts'
import { ranking } from './ranking.ts'
import { receiving } from './receiving.ts'
import { restart } from './restart.ts'
import { selection } from './selection.ts'
import { start } from './start.ts'
import type { Topic } from './topic.ts'

export const topics: readonly Topic[] = [selection, restart, start, receiving, ingesting, followGraph, ranking]
