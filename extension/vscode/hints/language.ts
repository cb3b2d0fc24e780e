/** How one kind of string literal is written, and what becomes of a credential that is a part of it. */
export interface StringKind {
  /** How it begins: its prefix and quote, as a regular expression. */
  readonly open: string;
  readonly close: string;
  readonly escapes: Escapes;
  readonly multiline?: true;
  /** What opens and closes code inside the string. */
  readonly hole?: readonly [open: string, close: string];
  /** In the middle of this string, the variable is written so. */
  readonly part?: (name: string) => string;
  /** Else the string is cut in two, with this operator on both sides of the variable. */
  readonly join?: string;
  /** Else it becomes another kind of string, where its content allows that. */
  readonly rewrite?: (before: string, name: string, after: string) => string | undefined;
  /** The quotes stay around the variable, so that blanks in the value stay a part of it. */
  readonly keepsQuotes?: true;
  /** Instead of the language's own expression, for a literal that is the credential and nothing else. */
  readonly whole?: (name: string) => string;
}

/** What a string writes otherwise than it means: C's backslashes, the shell's, `\\` and `\'` only, a quote twice, nothing. */
export type Escapes = "c" | "shell" | "single" | "doubled" | "none";

/** How a language writes strings and comments, and how it reads an environment variable. */
export interface Language {
  /** Regular expressions of what begins a comment, and what ends it. */
  readonly comments: readonly (readonly [open: string, close: string])[];
  /** The first that fits counts. */
  readonly strings: readonly StringKind[];
  /** What looks like the start of a string and is none. */
  readonly skip?: string;
  /** A literal that is the whole credential becomes this. Without it the quotes stay, with `part` between them. */
  readonly expression?: (name: string) => string;
  /** A credential that needs no quotes becomes this. */
  readonly bare?: (name: string) => string;
  /** Left of a literal: a place that takes constants only. */
  readonly constant?: RegExp;
  /** A literal with a colon behind it is a key, and no variable can be one. */
  readonly keys?: true;
  /** In an attribute of an element, an expression stands in braces. */
  readonly attributes?: true;
  /** Two literals side by side are one, so that neither can become an expression. */
  readonly adjacent?: true;
  /** What begins a here-document, up to its word, and how a variable stands in one; without that it can't. */
  readonly hereDocuments?: { readonly open: string; readonly part?: (name: string) => string };
  /** What the expression needs: where to insert which text, or undefined if it is there. */
  readonly needs?: (text: string, before: number) => { readonly at: number; readonly text: string } | undefined;
}
