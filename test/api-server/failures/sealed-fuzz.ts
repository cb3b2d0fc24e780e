import { METHODS } from "#core/crypto/ov-seal.ts";
import { startApiProcess } from "./api-process.ts";
import { madeVault } from "./made-vault.ts";
import { type QuickCaller, quickCaller, type Sealed } from "./quick-caller.ts";
import { randomOf } from "./random-of.ts";

export interface SealedFuzz {
  readonly inputs: number;
  /** Of HTTP, and inside of the seal. */
  readonly answers: Readonly<Record<string, number>>;
  /** Inputs that the server failed at (500), or told something without a seal. Has to be 0. */
  readonly unsafe: number;
  /** What the server holds after a tenth of the inputs, and after all of them, in MB. */
  readonly heapBefore: number;
  readonly heapAfter: number;
  readonly rssBefore: number;
  readonly rssAfter: number;
}

/**
 * Inputs to the sealed endpoint: noise, calls that were cut, changed or made longer, and well sealed ones by a device that
 * belongs here, which have anything inside: bytes that are no request, requests of no operation, bodies of any shape.
 */
export async function sealedFuzz(
  folder: string,
  { inputs, seed }: { readonly inputs: number; readonly seed: number },
): Promise<SealedFuzz> {
  const random = randomOf(seed);
  const api = await startApiProcess({ folder });
  const vault = madeVault();
  const base = await quickCaller(api, undefined);
  await base.call("PUT", vault.createPath, vault.createBody);
  const caller = await quickCaller(api, vault.device);
  const environment = vault.newEnvironment();
  const commit = vault.commit(environment, 1, undefined);
  await caller.call("PUT", `/environments/${environment}`, commit.body);
  const honest = caller.seal("GET", "/account");
  const answers: Record<string, number> = {};
  let [unsafe, next] = [0, 0];
  const until = async (end: number): Promise<void> => {
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        while (next < end) {
          const input =
            next++ % 3 === 0 ? wellSealed(caller, random, environment, commit.body) : broken(honest, random);
          const answer = await caller.post(input.bytes);
          const isSealed = answer.status === 200;
          const inner = isSealed ? `sealed ${input.open(answer.bytes).status}` : String(answer.status);
          answers[inner] = (answers[inner] ?? 0) + 1;
          if ((!isSealed && answer.bytes.length > 0) || inner === "sealed 500" || inner === "500") unsafe++;
        }
      }),
    );
  };
  await until(Math.ceil(inputs / 10));
  const before = await api.usage();
  await until(inputs);
  const after = await api.usage();
  if ((await caller.call("GET", "/account")).status !== 200) unsafe++;
  base.close();
  caller.close();
  await api.stop();
  return {
    ...{ inputs, answers, unsafe, heapBefore: megabytes(before.heapUsed), heapAfter: megabytes(after.heapUsed) },
    ...{ rssBefore: megabytes(before.rss), rssAfter: megabytes(after.rss) },
  };
}

function broken({ bytes, open }: Sealed, random: () => number): Sealed {
  const below = (end: number): number => Math.floor(random() * end);
  const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));
  const changed = Buffer.from(bytes);
  switch (below(5)) {
    case 0:
      return { open, bytes: noise(1 + below(3000)) };
    case 1:
      return { open, bytes: bytes.subarray(0, 1 + below(bytes.length - 1)) };
    case 2:
      changed[below(changed.length)]! ^= 1 << below(8);
      return { open, bytes: changed };
    case 3:
      for (let at = 0; at < 20; at++) changed[32 + below(changed.length - 32)] = below(256);
      return { open, bytes: changed };
    default:
      return { open, bytes: Buffer.concat([bytes, noise(1 + below(600))]) };
  }
}

function wellSealed(caller: QuickCaller, random: () => number, environment: string, body: object): Sealed {
  const below = (end: number): number => Math.floor(random() * end);
  const one = <T>(items: readonly T[]): T => items[below(items.length)]!;
  if (below(4) === 0) return caller.sealBytes(Buffer.from(Array.from({ length: below(1500) }, () => below(256))));
  const paths = [
    ...[
      "/account",
      "/devices",
      "/environments",
      "/audit",
      "/log",
      "/changes?since=0",
      "/prelogin",
      "/grants",
      "/invites",
    ],
    ...["/tokens", `/environments/${environment}`, `/environments/${environment}/records/read`, "/accounts", "/", "//"],
    ...[`/environments/${environment}/heads/1`, "/environments?after=", "/changes?since=-1&wait=99", "/../../account"],
    `/environments/${"f".repeat(below(70))}?have=${below(9)}`,
  ];
  const field = one([
    "expected_counter",
    "head",
    "items",
    "records",
    "write_id",
    "__proto__",
    "toString",
    "object",
    "refs",
  ]);
  const value = one<unknown>([
    ...[null, -1, 1e308, 2 ** 53, "", "a".repeat(below(9000)), [], {}, [[]], true, "AAAA", "\u0000", "\ud800"],
    ...[nested(below(3000)), [{ item: environment, version: 1, epoch: 1, hash: "0".repeat(64) }], { length: 1e9 }],
  ]);
  return caller.seal(one(METHODS), one(paths), below(5) === 0 ? value : { ...body, [field]: value });
}

function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let at = 0; at < depth; at++) value = [value];
  return value;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
