import type { AnswerWatch } from "./answer-watch.ts";

/**
 * Texts that are read one after the other, such as the headers of an answer: what they show only together is masked
 * in each of them. Latin-1, one character for each byte.
 */
export function maskJoined(watch: AnswerWatch, texts: readonly string[]): readonly string[] {
  const hidden = watch.hiddenIn(Buffer.from(texts.join(BETWEEN), "latin1"));
  if (hidden.length === 0) return texts;
  let next = 0;
  return texts.map((text) => {
    const from = next;
    const to = from + text.length;
    next = to + BETWEEN.length;
    let masked = "";
    let at = from;
    for (const { name, start, end } of hidden) {
      if (start >= to || end <= at) continue;
      masked += `${text.slice(at - from, Math.max(at, start) - from)}[redacted:${name}]`;
      at = Math.min(end, to);
    }
    return masked + text.slice(at - from);
  });
}

/** Without it, the end of one text and the beginning of the next would look like one word. */
const BETWEEN = ",";
