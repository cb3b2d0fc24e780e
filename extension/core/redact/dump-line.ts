const DUMP = /^(?:0x)?[0-9a-fA-F]{4,16}:?\s+(?:[0-9a-fA-F]{2,22}(?:\s|$)|\S(?:\s|$)|\\\S(?:\s|$))/;

/** Whether `line`, without the white space around it, is an offset and then words of a dump. */
export function isDumpLine(line: string): boolean {
  return DUMP.test(line);
}

const BACKWARDS = /(?:^|\s)(?:[0-9a-f]{2,22}|\S|\S\\)\s+:?[0-9a-f]{5,15}0(?:x0)?$/i;
const ROTATED = /^0[0-9n-s]{5,15}:?\s+[0-9n-s]{2,22}(?:\s|$)/i;

/** The same for a line that is printed backwards or after rot13; its offset must begin with a zero. */
export function isMirroredDumpLine(line: string): boolean {
  return BACKWARDS.test(line) || ROTATED.test(line);
}
