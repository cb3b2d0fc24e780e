import { BlockList, isIP } from "node:net";
import { z } from "zod";
import { equal } from "#core/crypto/hash.ts";
import { wipe } from "#core/crypto/wipe.ts";
import type { TokenAnswer, TokensAnswer } from "#core/store/contract.ts";
import { readManifestHead } from "../formats/manifest-head.ts";
import type { Pepper } from "../keys/pepper.ts";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import { bytes, counter, id } from "../sealed/fields.ts";
import { deviceRoute } from "../sealed/route.ts";
import { readAuthor } from "../storage/accounts.ts";
import { changeLog, lockAccountOnce, type Sign } from "../storage/changes.ts";
import type { Database } from "../storage/database.ts";
import { readEnvironment } from "../storage/environments.ts";
import type { Tx } from "../storage/schema.ts";
import { addToken, deleteToken, findToken, listTokens, tokenEnvironments } from "../storage/tokens.ts";
import type { Routes } from "../tokens.ts";

const KEM_KEY_BYTES = 1216;

const TOKEN = z.strictObject({
  secret: bytes(32, 32),
  kem_key: bytes(KEM_KEY_BYTES, KEM_KEY_BYTES),
  environments: z.array(id).min(1).max(100),
  expires_at: counter,
  addresses: z.array(z.string().max(64).refine(isRange)).max(32),
  label: bytes(0, LIMITS.label),
  bundle: bytes(0, LIMITS.bundle),
});

/** Tokens read, for machines. Which environments, and with which keys, their manifests say: docs/decisions/0016. */
export function tokenRoutes(database: Database, pepper: Pepper, sign: Sign): Routes {
  const logChange = changeLog(database.dialect, sign);
  return [
    deviceRoute({
      method: "PUT",
      path: "/tokens/:token",
      summary: "A new token, by an admin of all its environments, whose manifests name it already.",
      body: TOKEN,
      async handle({ params: { token }, body, time, once }, { account, device }) {
        if (body.expires_at <= time) throw new Problem("invalid");
        const environments = [...new Set(body.environments)];
        const wrappedSecret = pepper.wrapDeviceSecret(account, token, body.secret);
        await database.write(async (tx) => {
          const locked = await lockAccountOnce(tx, database.dialect, account, once);
          for (const environment of environments) await requireNamed(tx, account, environment, token);
          // Asked again after a lost answer.
          if (isMade(pepper, await findToken(tx, token), account, body)) return;
          const { kem_key: kemKey, label, bundle, addresses, expires_at: expiresAt } = body;
          const row = { id: token, account, wrappedSecret, kemKey, label, bundle, addresses, environments, expiresAt };
          await addToken(tx, row, time);
          await logChange(tx, locked, { who: device, action: "token.create", time });
        });
        return { status: 201 };
      },
    }),

    deviceRoute({
      method: "GET",
      path: "/tokens",
      summary: "The tokens that the account made, and those of its environments.",
      async handle(_, { account }) {
        const answer = await database.snapshot(async (tx): Promise<TokensAnswer> => {
          const rows = await listTokens(tx, account);
          const places = await tokenEnvironments(
            tx,
            database.dialect,
            rows.map((row) => row.id),
          );
          return {
            tokens: rows.map((row) => ({
              ...{ id: row.id, account: row.account, kem_key: text(row.kem_key), label: text(row.label) },
              environments: places.filter(({ token }) => token === row.id).map(({ environment }) => environment),
              addresses: row.addresses === "" ? [] : row.addresses.split("\n"),
              ...{ created_at: row.created_at, expires_at: row.expires_at },
              ...(row.used_at !== null && { used_at: row.used_at, used_address: row.used_address ?? "" }),
            })),
          };
        });
        return { status: 200, body: answer };
      },
    }),

    deviceRoute({
      method: "DELETE",
      path: "/tokens/:token",
      summary: "Ends a token at once.",
      async handle({ params: { token }, time, once }, { account, device }) {
        await database.write(async (tx) => {
          const locked = await lockAccountOnce(tx, database.dialect, account, once);
          if (!(await deleteToken(tx, account, token))) throw new Problem("not_found");
          await logChange(tx, locked, { who: device, action: "token.delete", time });
        });
        return { status: 204 };
      },
    }),

    deviceRoute({
      method: "GET",
      path: "/token",
      summary: "What the calling token may read.",
      forTokens: true,
      async handle(_, { device, token }) {
        const row = token && (await database.read((tx) => findToken(tx, device)));
        if (row === undefined) throw new Problem("not_found");
        const { environments, expires_at, bundle } = row;
        return { status: 200, body: { environments, expires_at, bundle: text(bundle) } satisfies TokenAnswer };
      },
    }),
  ];
}

/** Whether this very token is there already. */
function isMade(
  pepper: Pepper,
  before: Awaited<ReturnType<typeof findToken>>,
  account: string,
  body: z.output<typeof TOKEN>,
): boolean {
  if (before === undefined || before.account !== account) return false;
  const secret = pepper.unwrapDeviceSecret(account, before.id, before.wrapped_secret);
  const isSame =
    secret !== undefined &&
    equal(secret, body.secret) &&
    equal(before.kem_key, body.kem_key) &&
    equal(before.label, body.label) &&
    equal(before.bundle, body.bundle) &&
    before.addresses === body.addresses.join("\n") &&
    before.expires_at === body.expires_at;
  wipe(secret);
  return isSame;
}

/** Whether an address is one of those that a token may be used from; without any, each is. */
export function isAllowedFrom(addresses: readonly string[], address: string): boolean {
  if (addresses.length === 0) return true;
  const list = new BlockList();
  for (const range of addresses) {
    const [base = "", bits] = range.split("/");
    const family = isIP(base) === 6 ? "ipv6" : "ipv4";
    list.addSubnet(base, bits === undefined ? (family === "ipv6" ? 128 : 32) : Number(bits), family);
  }
  return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

function isRange(text: string): boolean {
  const [base = "", bits, ...rest] = text.split("/");
  const version = isIP(base);
  if (version === 0 || base.includes("%") || rest.length > 0) return false;
  return bits === undefined || (/^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32));
}

async function requireNamed(tx: Tx, account: string, environment: string, token: string): Promise<void> {
  const row = await readEnvironment(tx, { account, device: token }, environment);
  const author = await readAuthor(tx, account);
  if (row === undefined || row === "unchanged" || author === undefined) throw new Problem("not_found");
  const head = readManifestHead(Buffer.from(row.head));
  const isAdmin = head.members.some(({ fingerprint, role }) => fingerprint === author.fingerprint && role === "admin");
  if (!isAdmin || !head.tokens.includes(token)) throw new Problem("forbidden");
}

function text(value: Uint8Array): string {
  return Buffer.from(value).toString("base64url");
}
