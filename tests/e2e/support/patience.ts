/** How long a screen may take to become what a scenario waits for. Generous: machines are shared, and waiting costs nothing where nothing is wrong. */
export const PATIENCE_MS = 25_000
