import { isUtf8 } from "node:buffer";
import { badFile } from "./found-secret.ts";

/** The text of a file that has to be UTF-8, without a byte-order mark. Others would be stored as another value. */
export function fileText(bytes: Uint8Array): string {
  refuseUtf16(bytes);
  if (!isUtf8(bytes)) throw badFile("is not UTF-8 text. Export it again as UTF-8, or convert it.");
  return new TextDecoder("utf-8").decode(bytes);
}

export function refuseUtf16(bytes: Uint8Array): void {
  const [first, second] = bytes;
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isMarked || bytes.includes(0)) {
    throw badFile("is UTF-16 or no text at all. Export it again as UTF-8 (in PowerShell 5: Out-File -Encoding utf8).");
  }
}
