/** A word of a command line. */
export interface Word {
  /** With its quotes undone. What the shell would put in stands as it was written, such as `$HOME`. */
  readonly text: string;
  /** False where the shell puts something in: a variable, a command's output, matching file names. */
  readonly isLiteral: boolean;
}

/** One command inside of a shell text: `NAME=1 program argument > file`. */
export interface SimpleCommand {
  /** Names of the variables that are set for it, or for the rest of the text. */
  readonly assigned: readonly string[];
  readonly words: readonly Word[];
  /** What it reads from and writes to. */
  readonly files: readonly Word[];
}

/**
 * Every simple command of a POSIX shell text, those inside of substitutions too, in no particular order. undefined =
 * this can't be told: a syntax error, or something that is not looked into (`case`, functions, `$'…'`, arrays). It is
 * a best effort for a policy that asks a person about what it can't read; it does not stand between a shell and harm.
 */
export function readShell(text: string): readonly SimpleCommand[] | undefined {
  const reader = new ShellReader(text, 0);
  try {
    reader.list(undefined);
    return reader.commands;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class Unreadable extends Error {}

const MAX_DEPTH = 16;

/** Words before a command that change nothing about what it runs. */
const BEFORE_COMMAND = new Set(["if", "then", "elif", "else", "while", "until", "do", "!", "{"]);
const AFTER_COMMAND = new Set(["fi", "done", "}"]);
const NOT_READ = new Set(["case", "esac", "function", "select", "coproc", "[[", "((", "in"]);

const BLANK_OR_OPERATOR = new Set([" ", "\t", "\n", ";", "&", "|", "(", ")", "<", ">"]);

class ShellReader {
  readonly commands: SimpleCommand[] = [];
  readonly #text: string;
  #depth: number;
  readonly #documents: { readonly delimiter: string; readonly expands: boolean; readonly stripsTabs: boolean }[] = [];
  #at = 0;

  constructor(text: string, depth: number) {
    this.#text = text;
    this.#depth = depth;
  }

  /** Commands up to the end of the text, or up to and with the `)` that closes a subshell. */
  list(closer: ")" | undefined): void {
    if (++this.#depth > MAX_DEPTH) throw new Unreadable();
    let ends = false;
    while (!ends) ends = this.#listEnds(closer);
    this.#depth--;
  }

  /** Reads one step further; true at the end of the list. */
  #listEnds(closer: ")" | undefined): boolean {
    this.#skipBlanks();
    const char = this.#text[this.#at];
    switch (char) {
      case undefined:
        if (closer !== undefined) throw new Unreadable();
        return true;
      case ")":
        // Shells differ in where the body of a here-document stands that was begun in here.
        if (closer === undefined || this.#documents.length > 0) throw new Unreadable();
        this.#at++;
        return true;
      case "\n":
        this.#at++;
        this.#readDocuments();
        return false;
      case "(":
        if (this.#text[++this.#at] === "(") throw new Unreadable();
        this.list(")");
        return false;
      case ";":
      case "&":
      case "|":
        this.#at++;
        if (char === ";" && this.#text[this.#at] === ";") throw new Unreadable();
        return false;
      default:
        this.#simpleCommand();
        return false;
    }
  }

  #simpleCommand(): void {
    const assigned: string[] = [];
    const words: Word[] = [];
    const files: Word[] = [];
    while (true) {
      this.#skipBlanks();
      const char = this.#text[this.#at];
      if (char === undefined || "\n;&|)".includes(char)) break;
      if (char === "(") throw new Unreadable(); // a function, or an array
      if (this.#redirection(files)) continue;
      const start = this.#at;
      const word = this.#word();
      const raw = this.#text.slice(start, this.#at).replaceAll("\\\n", "");
      const name = /^([A-Za-z_][A-Za-z0-9_]*)\+?=/.exec(raw)?.[1];
      if (words.length > 0) words.push(word);
      else if (name !== undefined) assigned.push(name);
      else if (NOT_READ.has(raw)) throw new Unreadable();
      else if (raw === "for") assigned.push(this.#forHead(files));
      else if (!BEFORE_COMMAND.has(raw) && !AFTER_COMMAND.has(raw)) words.push(word);
    }
    this.commands.push({ assigned, words, files });
  }

  /** `for NAME in words`, up to the `;` or line break before its `do`. */
  #forHead(words: Word[]): string {
    this.#skipBlanks();
    const name = this.#take(/[A-Za-z_][A-Za-z0-9_]*(?=[\s;])/y);
    if (name === undefined) throw new Unreadable();
    this.#skipBlanks();
    if (this.#take(/in(?=[\s;])/y) === undefined) return name;
    while (true) {
      this.#skipBlanks();
      const char = this.#text[this.#at];
      if (char === undefined || char === "\n" || char === ";") return name;
      if (BLANK_OR_OPERATOR.has(char)) throw new Unreadable();
      words.push(this.#word());
    }
  }

  #redirection(files: Word[]): boolean {
    const operator = this.#take(/\d*(?:<<<|<<-|<<|<&|<>|<|>>|>&|>\||>)/y);
    if (operator === undefined) return false;
    // <(…) and >(…) are commands; a joined line could make another operator.
    if (this.#text[this.#at] === "(" || this.#isJoined()) throw new Unreadable();
    this.#skipBlanks();
    const start = this.#at;
    const word = this.#word();
    if (this.#at === start) throw new Unreadable();
    const kind = operator.replace(/^\d+/, "");
    if (kind === "<<" || kind === "<<-") {
      const raw = this.#text.slice(start, this.#at);
      if (raw.includes("\\\n")) throw new Unreadable();
      const expands = !/['"\\]/.test(raw);
      this.#documents.push({ delimiter: word.text, expands, stripsTabs: kind === "<<-" });
    } else {
      files.push(word);
    }
    return true;
  }

  /** The bodies of here-documents, which begin on the line after their operators. */
  #readDocuments(): void {
    for (const { delimiter, expands, stripsTabs } of this.#documents.splice(0)) {
      const lines: string[] = [];
      while (this.#at < this.#text.length) {
        const line = this.#take(/[^\n]*/y)!;
        this.#at++;
        if ((stripsTabs ? line.replace(/^\t+/, "") : line) === delimiter) break;
        lines.push(line);
      }
      if (!expands) continue;
      // A joined line may hide the delimiter, and shells differ in whether it does.
      if (lines.some((line) => line.endsWith("\\"))) throw new Unreadable();
      const body = new ShellReader(lines.join("\n"), this.#depth);
      body.#quoted(undefined);
      this.commands.push(...body.commands);
    }
  }

  #word(): Word {
    let text = "";
    let isLiteral = true;
    while (true) {
      const char = this.#text[this.#at];
      if (char === undefined || BLANK_OR_OPERATOR.has(char)) return { text, isLiteral };
      this.#at++;
      switch (char) {
        case "\\":
          text += this.#escaped();
          break;
        case "'": {
          const inside = this.#take(/[^']*/y)!;
          if (this.#text[this.#at++] !== "'") throw new Unreadable();
          text += inside;
          break;
        }
        case '"': {
          const inside = this.#quoted('"');
          text += inside.text;
          isLiteral &&= inside.isLiteral;
          break;
        }
        case "$":
        case "`": {
          // $'…' and $"…" mean one thing to bash and another to sh.
          if (char === "$" && /['"]/.test(this.#text[this.#at] ?? "")) throw new Unreadable();
          const put = this.#expansion(char);
          text += put;
          isLiteral &&= put === "$";
          break;
        }
        default:
          if ("*?[]{}".includes(char) || (char === "~" && text === "")) isLiteral = false;
          text += char;
      }
    }
  }

  /** The inside of double quotes, or all of a here-document. */
  #quoted(closer: '"' | undefined): Word {
    let text = "";
    let isLiteral = true;
    while (true) {
      const char = this.#text[this.#at++];
      if (char === closer) return { text, isLiteral };
      if (char === undefined) throw new Unreadable();
      if (char === "\\") {
        const next = this.#text[this.#at];
        text += next !== undefined && '$`"\\\n'.includes(next) ? this.#escaped() : char;
      } else if (char === "$" || char === "`") {
        const put = this.#expansion(char);
        text += put;
        isLiteral &&= put === "$";
      } else {
        text += char;
      }
    }
  }

  #escaped(): string {
    const next = this.#text[this.#at++];
    if (next === undefined) throw new Unreadable();
    return next === "\n" ? "" : next;
  }

  /** What stands after a `$` or a backtick, as it was written. */
  #expansion(opener: "$" | "`"): string {
    const start = this.#at - 1;
    if (opener === "`") {
      this.#backticks();
    } else if (this.#take(ARITHMETIC) === undefined && this.#take(VARIABLE) === undefined) {
      if (this.#text[this.#at] === "{" || this.#text.startsWith("((", this.#at)) throw new Unreadable();
      if (this.#isJoined()) throw new Unreadable();
      if (this.#take(/\(/y) !== undefined) this.list(")");
    }
    return this.#text.slice(start, this.#at);
  }

  #backticks(): void {
    const inside = this.#take(/(?:[^`\\]|\\[\s\S])*/y)!;
    if (this.#text[this.#at++] !== "`") throw new Unreadable();
    const inner = new ShellReader(inside.replace(/\\([`\\$])/g, "$1"), this.#depth);
    inner.list(undefined);
    this.commands.push(...inner.commands);
  }

  /** A backslash at the end of a line: shells join the two lines before they look for operators. */
  #isJoined(): boolean {
    return this.#text.startsWith("\\\n", this.#at);
  }

  #skipBlanks(): void {
    this.#take(/(?:[ \t]|\\\n)*/y);
    if (this.#text[this.#at] === "#") this.#take(/[^\n]*/y);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}

/** `$((…))` of numbers only: bash also runs what stands in a subscript, and in that of a variable's value. */
const ARITHMETIC = /\(\((?:\s|\b\d\w*|[+\-*/%<>=!&|^~?:,])*\)\)/y;

/** `$NAME`, `$1`, `${NAME}`, `${#NAME}`, `${NAME:1:2}`, and `${NAME:-plain text}` with its relatives. */
const VARIABLE =
  /[A-Za-z_]\w*|[0-9@*#?$!-]|\{#?[A-Za-z_]\w*\}|\{[0-9@*#?$!-]\}|\{[A-Za-z_]\w*(?:(?::?[-+=?]|##?|%%?|\/\/?)[^{}$`"'\\]*|:[\d\s:-]+)\}/y;
