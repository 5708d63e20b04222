/** What is sealed when the wallet has a passphrase, and which fields stay readable all the same. */

/**
 * Beside the keys and the indexed fields, which are always plain: what sums, states and back-offs are read from. Everything not
 * named here is sealed, so a field that is added tomorrow is sealed too.
 */
export const PLAIN_FIELDS: Readonly<Record<string, readonly string[]>> = {
  purse: ['id', 'mint', 'unit', 'keysetId', 'amount', 'state', 'operationId'],
  operations: ['kind', 'state', 'mint', 'unit', 'createdAt', 'amount', 'inputAmount', 'outputAmount', 'purpose', 'sendId', 'tries', 'nextTryAt'],
  incoming: ['state', 'mint', 'unit', 'amount', 'amountMsat', 'from', 'sessionId', 'operationId', 'at'],
  sessions: [
    ...['state', 'providerId', 'providerUrl', 'providerName', 'origin', 'life', 'mint', 'operationId', 'faceMsat', 'arrivesMsat', 'creditedMsat', 'refundedMsat'],
    ...['forfeitedMsat', 'unexplainedMsat', 'createdAt', 'lastUsedAt', 'nextTryAt', 'tries', 'debt'],
  ],
  topUps: ['state', 'mint', 'unit', 'amountSat', 'payer', 'withdrawalId', 'createdAt', 'expiresAt', 'finishedAt', 'tries', 'nextTryAt'],
  withdrawals: ['state', 'mint', 'unit', 'amountSat', 'feeSat', 'topUpId', 'sessionId', 'createdAt', 'expiresAt', 'finishedAt', 'tries', 'nextTryAt'],
  restores: ['state', 'startedAt', 'finishedAt'],
  bundles: ['own', 'state', 'mint', 'unit', 'at', 'noteIds', 'seen', 'whole', 'named', 'told', 'incomingIds', 'tries', 'nextTryAt'],
  elsewhere: ['mint', 'unit', 'amount', 'at', 'dropped'],
  words: [],
  scheduled: ['index', 'maxCostMsat', 'before', 'requestId', 'kept', 'tries', 'nextTryAt', 'finishedAt'],
  answers: ['at', 'usedAt', 'kept'],
  values: [],
}

/** Single values that a locked extension needs, and that are no secrets. */
const PLAIN_VALUES = new Set<unknown>(['settings', 'lock'])

export function isSealable(table: string, key: unknown): boolean {
  return table in PLAIN_FIELDS && !(table === 'values' && PLAIN_VALUES.has(key))
}
