import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { noticesOf } from "../scripts/notices.mjs";

test("the notices name each package of a bundle, its licence, and what it holds of others", async () => {
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
    entryPoints: ["extension/core/redact/secretlint-rules.ts"],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
  });
  const notices = noticesOf(metafile);
  assert.match(notices, /^@secretlint\/secretlint-rule-preset-recommend [0-9.]+ \(MIT\)$/m);
  assert.match(notices, /Permission is hereby granted, free of charge/);
  assert.match(notices, /Copyright jQuery Foundation and other contributors/);
});
