const DUMP = /^(?:0x)?[0-9a-fA-F]{4,16}:?\s+(?:[0-9a-fA-F]{2,22}(?:\s|$)|\S(?:\s|$)|\\\S(?:\s|$))/;

/** Whether `line`, without the white space around it, is an offset and then words of a dump. */
export function isDumpLine(line: string): boolean {
  return DUMP.test(line);
}
