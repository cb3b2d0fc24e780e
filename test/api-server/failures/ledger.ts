import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { EnvironmentAnswer } from "#core/store/contract.ts";
import type { Reply } from "../sealed-caller.ts";
import type { MadeCommit, MadeVault } from "./made-vault.ts";
import type { QuickCaller } from "./quick-caller.ts";

/** What was found of the writes that a server acknowledged, and of those that it gave no answer to. */
export interface Found {
  /** Acknowledged, and not there or not as it was sent. Has to be 0. */
  readonly lost: number;
  /** There in part, such as a manifest without its record. Has to be 0. */
  readonly half: number;
}

/** Writes to one environment, and knows what was acknowledged. */
export interface Ledger {
  readonly environment: string;
  readonly acknowledged: number;
  /** When each acknowledgement came, in ms since 1970 with fractions. */
  readonly acknowledgedAt: readonly number[];
  /** How many were sent more than once, because no answer came. */
  readonly again: number;
  /** One write, sent again with the same id until it is acknowledged. */
  write(caller: QuickCaller): Promise<void>;
  /** Sends the next one once, whatever comes of it; true = acknowledged. */
  tryWrite(caller: QuickCaller): Promise<boolean>;
  /** Looks for all that was acknowledged; or for the first `wanted` of it, on a state of before. */
  check(caller: QuickCaller, wanted?: number): Promise<Found>;
}

/** `size` is of each record, in bytes. */
export function ledgerOf(vault: MadeVault, size = 400): Ledger {
  const environment = vault.newEnvironment();
  const sent: MadeCommit[] = [];
  const acknowledgedAt: number[] = [];
  let [acknowledged, again] = [0, 0];
  const path = `/environments/${environment}`;

  async function attempt(caller: QuickCaller): Promise<boolean> {
    const before = sent[acknowledged - 1];
    // One that is in doubt is sent again with its own id: it counts once, whether it was written or not.
    sent[acknowledged] ??= vault.commit(environment, acknowledged + 1, before?.head, size);
    const commit = sent[acknowledged]!;
    const answer = await caller.call("PUT", path, commit.body).catch(() => undefined);
    if (answer?.status !== 200) {
      if (answer?.status !== undefined && ![429, 500, 503, 507].includes(answer.status)) {
        throw new Error(`A write was refused: ${JSON.stringify(answer.body)}`);
      }
      return false;
    }
    if (answer.body.counter !== commit.counter) throw new Error("A write took another place.");
    acknowledged++;
    acknowledgedAt.push(performance.timeOrigin + performance.now());
    return true;
  }

  return {
    environment,
    acknowledgedAt,
    get acknowledged() {
      return acknowledged;
    },
    get again() {
      return again;
    },
    tryWrite: attempt,
    async write(caller) {
      const end = Date.now() + 60_000;
      if (await attempt(caller)) return;
      again++;
      while (!(await attempt(caller))) {
        if (Date.now() > end) throw new Error("The server took no write for a minute.");
        await sleep(10);
      }
    },
    check: (caller, wanted = acknowledged) => check(caller, path, sent, wanted),
  };
}

async function check(
  caller: QuickCaller,
  path: string,
  sent: readonly MadeCommit[],
  acknowledged: number,
): Promise<Found> {
  const read = await insistently(() => caller.call("GET", `${path}?have=${Math.max(0, acknowledged - 1)}`));
  if (read.status === 404 || read.outer === 401) return { lost: acknowledged, half: 0 };
  const { counter, head, items } = read.body as EnvironmentAnswer;
  let [lost, half] = [Math.max(0, acknowledged - counter), 0];
  const last = sent[counter - 1];
  if (last?.body.head !== head || hashOf(items) !== itemsRootOf(last.head)) half++;
  const whole = await wholeRecords(caller, path, sent.slice(0, counter));
  for (const commit of sent.slice(0, counter)) {
    const stored = await insistently(() => caller.call("GET", `${path}/heads/${commit.counter}`));
    const isThere = stored.body?.head === commit.body.head;
    const isWhole = whole.has(commit.record.hash);
    if (isThere && isWhole) continue;
    if (commit.counter <= acknowledged) lost++;
    if (isThere !== isWhole) half++;
  }
  return { lost, half };
}

/** Hashes of the records that are there, and are what was sent. */
async function wholeRecords(
  caller: QuickCaller,
  path: string,
  commits: readonly MadeCommit[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const groups: (readonly MadeCommit[])[] = [];
  for (let at = 0; at < commits.length; at += 20) groups.push(commits.slice(at, at + 20));
  for (const group of groups) {
    const refs = group.map(({ record }) => record);
    const { status, body } = await insistently(() => caller.call("POST", `${path}/records/read`, { refs }));
    if (status === 200) for (const { bytes } of body.records) found.add(hashOf(bytes));
    // One that is missing refuses all: then one by one.
    else if (group.length > 1) groups.push(...group.map((commit) => [commit]));
  }
  return found;
}

async function insistently(read: () => Promise<Reply>): Promise<Reply> {
  for (let tries = 1; ; tries++) {
    const answer = await read().catch(() => undefined);
    // A device that the server doesn't know, since its account was never acknowledged.
    if (answer?.outer === 401) return answer;
    if (answer?.status !== undefined && answer.status !== 503 && answer.status !== 500) return answer;
    if (tries === 100) throw new Error("The server answers no reads.");
    await sleep(100);
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(Buffer.from(text, "base64url")).digest("hex");
}

/** Where the item list's hash stands in a head of made-vault.ts. */
function itemsRootOf(head: Buffer): string {
  return head.toString("hex", 141, 173);
}
