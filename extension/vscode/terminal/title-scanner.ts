/**
 * Finds the titles that a program gives to its terminal (OSC 0 and 2). It sees what was redacted already; a title with
 * a control character in it is left out, because it could hold what redaction took for two words.
 */
export class TitleScanner {
  #unfinished = "";

  /** The newest title that ends in this text; undefined = none does. */
  scan(text: string): string | undefined {
    const all = this.#unfinished + text;
    this.#unfinished = "";
    if (!all.includes(ESC)) return undefined;
    let title: string | undefined;
    let end = 0;
    for (const match of all.matchAll(TITLE)) {
      title = match[1]!;
      end = match.index + match[0].length;
    }
    const rest = all.slice(end);
    const begun = BEGUN.exec(rest)?.[0];
    if (begun !== undefined && begun.length <= LONGEST) this.#unfinished = begun;
    return title === undefined ? undefined : title.slice(0, SHOWN).trim();
  }
}

const ESC = "\u001b";
const TITLE = /\u001b\][02];([^\u0000-\u001f\u007f-\u009f]*)(?:\u0007|\u001b\\)/g;
/** A title, or the beginning of one, whose end has not come yet. */
const BEGUN = /\u001b(?:\](?:[02](?:;[^\u0000-\u001f\u007f-\u009f]*\u001b?)?)?)?$/;
const LONGEST = 2_048;
const SHOWN = 120;
