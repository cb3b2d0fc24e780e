import type { SecretInfo } from "#core/run/vault-access.ts";
import { type Context, formatContext } from "#core/vault/context.ts";

/** Which secrets the tree shows: those in which each word is a part of the context, the name or a tag. */
export class Filter {
  /** As it was typed. */
  readonly text: string;
  readonly #words: readonly string[];

  constructor(text: string) {
    this.text = text.trim();
    this.#words = this.text.toLowerCase().split(/\s+/).filter(Boolean);
  }

  /** Without a word, everything is shown. */
  get isOff(): boolean {
    return this.#words.length === 0;
  }

  matching(context: Context, secrets: readonly SecretInfo[]): readonly SecretInfo[] {
    const place = formatContext(context).toLowerCase();
    const left = this.#words.filter((word) => !place.includes(word));
    if (left.length === 0) return secrets;
    return secrets.filter(({ name, tags }) => {
      const lower = name.toLowerCase();
      return left.every((word) => lower.includes(word) || tags.some((tag) => tag.toLowerCase().includes(word)));
    });
  }

  /** Where words stand in a name: pairs of start and end, in order and apart from each other. */
  highlights(name: string): [number, number][] {
    const lower = name.toLowerCase();
    const found = this.#words
      .map((word): [number, number] => [lower.indexOf(word), lower.indexOf(word) + word.length])
      .filter(([start]) => start >= 0)
      .sort(([a], [b]) => a - b);
    const apart: [number, number][] = [];
    for (const [start, end] of found) {
      const last = apart.at(-1);
      if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
      else apart.push([start, end]);
    }
    return apart;
  }
}
