import type { LinkNews } from "#core/store/remote/remote-link.ts";
import type { Paths } from "#mcp/device/paths.ts";
import { readUserConfig } from "#mcp/device/user-config.ts";

/** Where the vault of this window is, and what is known of its server. */
export type ServerFace =
  | { readonly kind: "none" }
  | {
      readonly kind: "server";
      readonly url: string;
      readonly link: ServerLink;
      /** When the server answered last, in ms since 1970; undefined = that is not known. */
      readonly answeredAt: number | undefined;
    };

/** "unknown": nothing was asked of it yet. */
export type ServerLink = "unknown" | "online" | "offline" | "changed" | "ended";

type Listener = (face: ServerFace) => void;

/** Follows the server that the user's configuration names, by what the window's own calls meet. It asks nothing itself. */
export class ServerState {
  readonly #paths: Paths;
  readonly #listeners = new Set<Listener>();
  #face: ServerFace = NONE;

  constructor(paths: Paths) {
    this.#paths = paths;
    this.look();
  }

  get face(): ServerFace {
    return this.#face;
  }

  onDidChange(listener: Listener): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Reads the configuration again: this window, another one or `ov` may have logged in or out. */
  look(): void {
    const url = serverOf(this.#paths);
    if (url === undefined) this.#become(NONE);
    else if (this.#face.kind === "none" || this.#face.url !== url) {
      this.#become({ kind: "server", url, link: "unknown", answeredAt: undefined });
    }
  }

  readonly note = (news: LinkNews): void => {
    if (this.#face.kind === "server") this.#become({ ...this.#face, ...linkAfter(news) });
  };

  /** A later answer alone is no news: calls are made every few seconds. */
  #become(face: ServerFace): void {
    const isNews = keyOf(face) !== keyOf(this.#face);
    this.#face = face;
    if (isNews) for (const listener of this.#listeners) listener(face);
  }
}

function linkAfter(news: LinkNews): { readonly link: ServerLink; readonly answeredAt?: number } {
  switch (news.kind) {
    case "answered":
      return { link: "online", answeredAt: news.at };
    case "silent":
      return { link: "offline", ...(news.answeredAt === undefined ? {} : { answeredAt: news.answeredAt }) };
    case "changed":
    case "ended":
      return { link: news.kind };
  }
}

function keyOf(face: ServerFace): string {
  return face.kind === "none" ? "" : `${face.link} ${face.url}`;
}

function serverOf({ config }: Paths): string | undefined {
  try {
    return readUserConfig(config).server;
  } catch {
    return undefined; // what is wrong with the file is told by whatever needs the vault
  }
}

const NONE = { kind: "none" } as const;
