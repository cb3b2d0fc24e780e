/** What one request, object or account may have. Sizes are bytes of the object itself, not of its base64url. */
export const LIMITS = {
  request: 4 << 20,
  account: 2 << 20,
  head: 1 << 20,
  manifest: 2 << 20,
  record: 160 << 10,
  /** An entry names what a command wrote: 10,000 secrets at most. */
  auditEntry: 2 << 20,
  items: 10_000,
  environments: 10_000,
  devices: 100,
  members: 200,
  tokens: 500,
  /** Open ones of one account. */
  invites: 100,
  grant: 4 << 10,
  offer: 4 << 10,
  bundle: 16 << 10,
  label: 1 << 10,
  /** Rows of one page. */
  page: 1000,
  /** Records that are asked for at once. */
  refs: 100,
  /** Bytes of records that come along with a manifest, or in one page of an export or audit chain. The client asks for the rest. */
  recordsAtOnce: 2 << 20,
  /** Ciphertext of one account. */
  quota: 1 << 30,
} as const;

export const DAY = 24 * 3600_000;
/** A deleted environment can be brought back for so long. */
export const UNDO = 30 * DAY;
/** An invite is open for so long at most. */
export const INVITE = 7 * DAY;
/** A cursor into the changes that is older than this starts again. */
export const TOMBSTONES = 90 * DAY;
