import type { Matcher } from "../../extension/core/redact/matcher.ts";
import { JoinedScan } from "../../extension/core/run/joined-scan.ts";
import type { Output } from "./run-case.ts";

/** What a run's result shows of `output`; its reads are cut into chunks of the sizes that `next` gives. */
export function shown(
  matcher: Matcher,
  { reads }: Output,
  next: () => number = () => 1 << 30,
): { readonly stdout: Buffer; readonly stderr: Buffer } {
  const scan = new JoinedScan(matcher);
  const redactors = { stdout: scan.redactor("stdout"), stderr: scan.redactor("stderr") };
  const out = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  for (const { side, bytes } of reads) {
    for (let at = 0; at < bytes.length; ) {
      const size = Math.max(1, next());
      out[side].push(redactors[side].push(bytes.subarray(at, at + size)));
      at += size;
    }
  }
  for (const side of ["stdout", "stderr"] as const) out[side].push(redactors[side].end());
  const withheld = scan.end().size > 0;
  return {
    stdout: withheld ? Buffer.alloc(0) : Buffer.concat(out.stdout),
    stderr: withheld ? Buffer.alloc(0) : Buffer.concat(out.stderr),
  };
}
