import type { HeldSecret } from "./held-secret.ts";

/** A value that stands somewhere from its first to its last byte. */
export interface WholeValue {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Finds values that are there as a whole, as they are or in one of the usual encodings. */
export class WholeValues {
  readonly #secrets: readonly HeldSecret[];
  /** Made late: most runs never need another copy of a value. */
  #forms: readonly { readonly name: string; readonly form: Buffer }[] | undefined;

  constructor(secrets: readonly HeldSecret[]) {
    this.#secrets = secrets;
  }

  /** In order, without overlaps. */
  in(bytes: Uint8Array): readonly WholeValue[] {
    this.#forms ??= this.#secrets.flatMap(({ name, value }) =>
      formsOf(Buffer.from(value)).map((form) => ({ name, form })),
    );
    const found: WholeValue[] = [];
    for (let at = 0; ; ) {
      const next = this.#first(bytes, at);
      if (next === undefined) return found;
      found.push(next);
      at = next.end;
    }
  }

  wipe(): void {
    for (const { form } of this.#forms ?? []) form.fill(0);
  }

  #first(bytes: Uint8Array, from: number): WholeValue | undefined {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let first: WholeValue | undefined;
    for (const { name, form } of this.#forms ?? []) {
      const start = text.indexOf(form, from);
      if (start < 0 || (first !== undefined && first.start <= start)) continue;
      first = { name, start, end: start + form.length };
    }
    return first;
  }
}

/** The longest first, where several begin in one place. */
function formsOf(value: Buffer): readonly Buffer[] {
  const text = value.toString("utf8");
  const texts = [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)].map((form) => Buffer.from(form));
  const hex = value.toString("hex");
  const encoded = [hex, hex.toUpperCase(), ...[0, 1, 2].flatMap((before) => base64Of(value, before))];
  const forms = [value, ...texts, ...encoded.map((form) => Buffer.from(form))].filter((form) => form.length > 0);
  return forms.sort((one, other) => other.length - one.length);
}

/** After so many bytes of something else: the characters that depend on the value alone. */
function base64Of(value: Buffer, before: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(before), value]);
  const from = Math.ceil((before * 4) / 3);
  const to = Math.floor((bytes.length * 4) / 3);
  return (["base64", "base64url"] as const).map((encoding) => bytes.toString(encoding).slice(from, to));
}
