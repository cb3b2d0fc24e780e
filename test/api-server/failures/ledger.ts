import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { EnvironmentAnswer } from "#core/store/contract.ts";
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
  /** How many were sent more than once, because no answer came. */
  readonly again: number;
  /** One write, sent again with the same id until it is acknowledged. */
  write(caller: QuickCaller): Promise<void>;
  /** Sends the next one once, whatever comes of it; true = acknowledged. */
  tryWrite(caller: QuickCaller): Promise<boolean>;
  check(caller: QuickCaller): Promise<Found>;
}

export function ledgerOf(vault: MadeVault, environment = vault.newEnvironment()): Ledger {
  const sent: MadeCommit[] = [];
  let [acknowledged, again] = [0, 0];
  const path = `/environments/${environment}`;

  async function attempt(caller: QuickCaller): Promise<boolean> {
    const before = sent[acknowledged - 1];
    // One that is in doubt is sent again with its own id: it counts once, whether it was written or not.
    sent[acknowledged] ??= vault.commit(environment, acknowledged + 1, before?.head);
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
    return true;
  }

  return {
    environment,
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
    check: (caller) => check(caller, path, sent, acknowledged),
  };
}

async function check(
  caller: QuickCaller,
  path: string,
  sent: readonly MadeCommit[],
  acknowledged: number,
): Promise<Found> {
  const read = await insistently(() => caller.call("GET", path));
  if (read.status === 404) return { lost: acknowledged, half: 0 };
  const { counter, head, items } = read.body as EnvironmentAnswer;
  let [lost, half] = [Math.max(0, acknowledged - counter), 0];
  const last = sent[counter - 1];
  if (last?.body.head !== head || hashOf(items) !== itemsRootOf(last.head)) half++;
  for (const commit of sent.slice(0, counter)) {
    const stored = await insistently(() => caller.call("GET", `${path}/heads/${commit.counter}`));
    const isThere = stored.body?.head === commit.body.head;
    const record = await insistently(() => caller.call("POST", `${path}/records/read`, { refs: [commit.record] }));
    const isWhole = record.status === 200 && hashOf(record.body.records[0].bytes) === commit.record.hash;
    if (isThere && isWhole) continue;
    if (commit.counter <= acknowledged) lost++;
    if (isThere !== isWhole) half++;
  }
  return { lost, half };
}

async function insistently<T extends { readonly status: number | undefined }>(read: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    const answer = await read().catch(() => undefined);
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
