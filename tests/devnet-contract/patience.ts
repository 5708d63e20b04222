/** For `expect.poll`: curve arithmetic on a busy machine takes its time; none of these tests measures any. */
export const soon = { timeout: 30_000, interval: 20 }
