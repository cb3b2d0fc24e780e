import { z } from "zod";
import type { DirectoryAnswer, GrantsAnswer, SharedAnswer } from "#core/store/contract.ts";
import { readAccountHead } from "../formats/account-object.ts";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import { hash, id } from "../sealed/fields.ts";
import { deviceRoute } from "../sealed/route.ts";
import { readObjects } from "../storage/accounts.ts";
import type { Database } from "../storage/database.ts";
import { readableCounter } from "../storage/environments.ts";
import { readGrants } from "../storage/grants.ts";
import { listShared } from "../storage/members.ts";
import type { Routes } from "../tokens.ts";

/** What members need beside manifests: their keys, each other's public keys, and which environments are theirs. */
export function sharingRoutes(database: Database): Routes {
  return [
    deviceRoute({
      method: "GET",
      path: "/shared",
      summary: "Environments of other accounts whose manifest names the caller.",
      query: z.strictObject({ after: id.optional() }),
      async handle({ query: { after = "" } }, { account }) {
        const rows = await database.read((tx) => listShared(tx, account, after, LIMITS.page + 1));
        const environments = rows.slice(0, LIMITS.page);
        const next = rows.length > environments.length ? { next: environments.at(-1)!.id } : {};
        return { status: 200, body: { environments, ...next } satisfies SharedAnswer };
      },
    }),

    deviceRoute({
      method: "GET",
      path: "/environments/:environment/grants",
      summary: "The caller's own keys of an environment, each sealed to it.",
      forTokens: true,
      async handle({ params: { environment } }, caller) {
        const holder = caller.token === undefined ? caller.account : caller.device;
        const rows = await database.read(async (tx) => {
          if ((await readableCounter(tx, caller, environment)) === undefined) throw new Problem("not_found");
          return readGrants(tx, environment, holder);
        });
        const grants = rows.map(({ epoch, bytes }) => ({ epoch, bytes: text(bytes) }));
        return { status: 200, body: { grants } satisfies GrantsAnswer };
      },
    }),

    deviceRoute({
      method: "POST",
      path: "/directory",
      summary: "Public keys by fingerprint. What is given out is worth nothing unless it hashes to that.",
      forTokens: true,
      body: z.strictObject({ fingerprints: z.array(hash).max(LIMITS.members) }),
      async handle({ body: { fingerprints } }) {
        const rows = await database.read((tx) => readObjects(tx, database.dialect, fingerprints));
        const identities = rows.map(({ id: account, object }) => {
          const { signKey, kemKey } = readAccountHead(Buffer.from(object));
          return { account, sign_key: text(signKey), kem_key: text(kemKey) };
        });
        return { status: 200, body: { identities } satisfies DirectoryAnswer };
      },
    }),
  ];
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
