import type { Task } from '../../../domain/task.ts'

export const taskWords: Readonly<Record<Task, string>> = {
  chat: 'Chat',
  code: 'Code',
  vision: 'Pictures',
  long_context: 'Long documents',
  embedding: 'Embeddings',
}

export const recommendedWords = {
  title: 'Recommended for',
  task: 'Kind of request',
  hint: 'By what providers publish, by price, and by how your own requests went. A page that asks for the model “auto” gets the first one that can be paid.',
  none: 'Nobody sells a model for this at the moment.',
  chip: (task: string) => `recommended: ${task.toLowerCase()}`,
} as const
