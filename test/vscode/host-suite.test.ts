import assert from "node:assert/strict";
import { test } from "node:test";
import { runOnDesktop } from "./harness/desktop.ts";
import { bundleHostSuite } from "./harness/host-suite.ts";
import { startVSCode } from "./harness/vs-code.ts";

test("in VS Code's extension host", async (t) => {
  const suite = await bundleHostSuite();
  t.after(() => suite.close());
  if (process.env.OV_TEST_VSCODE === "desktop") await runOnDesktop(suite);
  else {
    const code = await startVSCode({ suites: true });
    t.after(() => code.close());
    await code.openSuite(code.workspace("shop"), suite);
  }

  let run = 0;
  for await (const event of suite.events()) {
    if (event.kind === "end") assert.equal(run, event.tests, "every test of the suite ran");
    else {
      run++;
      await t.test(event.title, () => {
        if (event.kind === "fail") throw new Error(event.error);
      });
    }
  }
  assert.ok(run > 0, "the suite has tests");
});
