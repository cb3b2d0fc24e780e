import type { Id, StoredManifest } from "../store.ts";
import { accountAnswer, entriesOf, environmentAnswer, recordsOf, type ServedRecord } from "./answers.ts";
import { asIdOf, type Json } from "./json-shape.ts";
import { errorOf } from "./problem.ts";
import type { RemoteLink } from "./remote-link.ts";
import { badAnswer } from "./server-error.ts";

/** What a server has of an account as of one moment, in the shapes that it may have; believed no more than any answer. */
export interface Exported {
  readonly account: { readonly counter: number; readonly bytes: Buffer };
  readonly environments: readonly ExportedEnvironment[];
  /** Whole chains, by device. */
  readonly audit: ReadonlyMap<Id, readonly Buffer[]>;
}

export interface ExportedEnvironment {
  readonly id: Id;
  readonly manifest: StoredManifest;
  readonly records: readonly ServedRecord[];
}

/** Asks for all pages of `GET /export`; undefined = something changed at the server before the last one came. */
export async function fetchExport(link: RemoteLink): Promise<Exported | undefined> {
  const reader = new ExportReader();
  for (let pages = 0, path = "/export"; pages < MOST_PAGES; pages++) {
    const answer = await link.ask({ method: "GET", path, lines: true });
    if ("code" in answer && answer.code === "resync_required") return undefined;
    if ("code" in answer) throw errorOf(answer, "a backup");
    const lines = answer.lines ?? [];
    for (const line of lines.slice(0, -1)) reader.line(line);
    const last = lines.at(-1);
    if (last?.kind === "end") return reader.end();
    if (last?.kind !== "next" || typeof last.cursor !== "string") throw badAnswer("a backup");
    path = `/export?cursor=${encodeURIComponent(last.cursor)}`;
  }
  throw badAnswer("a backup");
}

class ExportReader {
  #account: Exported["account"] | undefined;
  readonly #environments = new Map<Id, { id: Id; manifest: StoredManifest; records: ServedRecord[] }>();
  readonly #audit = new Map<Id, Buffer[]>();

  line(line: Json): void {
    switch (line.kind) {
      case "account":
        if (this.#account !== undefined) throw badAnswer("a backup");
        this.#account = accountAnswer(line);
        return;
      case "environment": {
        const id = asIdOf(line.id);
        if (id === undefined || this.#environments.has(id)) throw badAnswer("an environment");
        const { records: _, ...manifest } = environmentAnswer({ ...line, records: [] });
        this.#environments.set(id, { id, manifest, records: [] });
        return;
      }
      case "record": {
        const environment = asIdOf(line.environment);
        const known = environment && this.#environments.get(environment);
        if (known === undefined) throw badAnswer("a secret's record");
        known.records.push(...recordsOf({ records: [line] }));
        return;
      }
      case "audit": {
        const device = asIdOf(line.device);
        if (device === undefined) throw badAnswer("the audit log");
        const chain = this.#audit.get(device) ?? [];
        for (const { entry } of entriesOf({ entries: [line] }, chain.length + 1)) chain.push(entry);
        this.#audit.set(device, chain);
        return;
      }
      case "log":
        return; // the server's own, which no vault on a machine has
      default:
        throw badAnswer("a backup");
    }
  }

  end(): Exported {
    if (this.#account === undefined) throw badAnswer("the account");
    return { account: this.#account, environments: [...this.#environments.values()], audit: this.#audit };
  }
}

/** Some GiB: a server can't feed a device without end. */
const MOST_PAGES = 2000;
