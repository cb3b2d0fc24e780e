import type { AllowedHost } from "./allowed-host.ts";
import type { Place } from "./place.ts";

/** A secret of which the child has the placeholder. */
export interface HeldSecret {
  readonly name: string;
  readonly placeholder: string;
  /** The bytes, wiped when the run ends. Made a string only while a request is written. */
  readonly value: Uint8Array;
  readonly hosts: readonly AllowedHost[];
  readonly places: readonly Place[];
}

/** The value as text, for where text is needed. */
export function textOf({ value }: HeldSecret): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(value);
}

export function mayStandIn(secret: HeldSecret, kind: Place["kind"], name: string): boolean {
  return secret.places.some((place) => place.kind === kind && place.name === name);
}

/** What a run says about its placeholders afterwards. Never with a value. */
export class PlaceholderUse {
  readonly #used = new Map<string, number>();
  readonly #remarks = new Set<string>();
  #stopped: string | undefined;

  /** Of one request, in however many places. */
  used(secret: HeldSecret): void {
    this.#used.set(secret.name, 1);
  }

  /** Takes over what was noted for one request, when it has gone out. */
  add(other: PlaceholderUse): void {
    for (const [name, count] of other.#used) this.#used.set(name, (this.#used.get(name) ?? 0) + count);
    for (const text of other.#remarks) this.remark(text);
  }

  remark(text: string): void {
    // As long as any value, which is redacted before it is shortened.
    if (this.#remarks.size < MAX_REMARKS) this.#remarks.add(text.slice(0, MAX_TEXT));
  }

  /** Said first, however much was remarked before. */
  stop(names: readonly string[]): void {
    this.#stopped = `answers held several parts of a value of ${names.join(", ")}, as they do for a program that finds it out: the run's proxy was ended`;
  }

  report(secrets: readonly HeldSecret[]): PlaceholderReport {
    const names = secrets.map((secret) => secret.name);
    return {
      used: Object.fromEntries(names.flatMap((name) => (this.#used.has(name) ? [[name, this.#used.get(name)!]] : []))),
      unused: names.filter((name) => !this.#used.has(name)),
      remarks: [...(this.#stopped === undefined ? [] : [this.#stopped]), ...this.#remarks],
    };
  }
}

export interface PlaceholderReport {
  /** Into how many requests each secret's value was put. */
  readonly used: Readonly<Record<string, number>>;
  /** The others: the run went without them, or the program doesn't use the proxy. */
  readonly unused: readonly string[];
  /** What was seen and not done, as sentences: a placeholder in a place that isn't allowed, a client that pins. */
  readonly remarks: readonly string[];
}

const MAX_REMARKS = 20;
const MAX_TEXT = 70_000;
