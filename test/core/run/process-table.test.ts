import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePs } from "#core/run/process-table.ts";

const MARKER = "0123456789abcdef01234567";

test("the table of ps tells the marked processes, also those of a run inside of the run", () => {
  const rows = parsePs(
    [
      "    1     0     1 Ss   /sbin/launchd",
      `  501     1   501 S+   sleep 60 HOME=/Users/ada OV_RUN=${MARKER} PATH=/bin`,
      `  502   501   501 S    sleep 61 OV_RUN=aaaaaaaaaaaaaaaaaaaaaaaa.${MARKER}`,
      `  503     1   503 S    grep ${MARKER} XOV_RUN=${MARKER}`,
      `  504     1   504 Z    (sleep) OV_RUN=${MARKER}`,
      "  505     1   505 S    ",
      "",
    ].join("\n"),
    MARKER,
  );
  assert.deepEqual(
    rows.map(({ pid, parent, group, marked }) => [pid, parent, group, marked]),
    [
      [1, 0, 1, false],
      [501, 1, 501, true],
      [502, 501, 501, true],
      [503, 1, 503, false],
      [505, 1, 505, false],
    ],
  );
});
