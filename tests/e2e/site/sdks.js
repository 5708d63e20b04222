// The packages as npm has them, bundled for the page.
export { createOpenAICompatible } from '@ai-sdk/openai-compatible'
export { HumanMessage, ToolMessage } from '@langchain/core/messages'
export { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
export { embed, generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai'
export { default as OpenAI } from 'openai'
