export { default as OpenAI } from 'openai'
