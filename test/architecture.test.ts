import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Only for runs that are cut off from the rest, and loaded only for them. */
const SANDBOX_AND_PROXY = [
  /^@anthropic-ai\/sandbox-runtime(\/dist\/sandbox\/sandbox-manager\.js)?$/,
  /^node-forge$/,
  /^proxy-chain$/,
  /^jsonc-parser$/,
];

/** Maintained rules for credentials; the second gives only types. */
const CREDENTIAL_RULES = [/^@secretlint\/secretlint-rule-preset-recommend$/, /^@secretlint\/types$/];

/** Who may import whom. A room may always import itself and node's built-ins. */
const ROOMS: Readonly<Record<string, { readonly rooms: readonly string[]; readonly packages: readonly RegExp[] }>> = {
  "extension/core": {
    rooms: [],
    packages: [
      /^hash-wasm$/,
      /^@noble\//,
      /^@scure\/bip39\//,
      /^shamir-secret-sharing$/,
      /^dotenv$/,
      /^yaml$/,
      /^@lydell\/node-pty$/,
      ...SANDBOX_AND_PROXY,
      ...CREDENTIAL_RULES,
    ],
  },
  "mcp-server": { rooms: ["extension/core"], packages: [/^(?!vscode$)/] },
  "extension/cli": { rooms: ["extension/core", "mcp-server"], packages: [/^(?!vscode$)/] },
  // The only folder that names "vscode".
  "extension/vscode": {
    rooms: ["extension/core", "mcp-server", "webview"],
    packages: [/^vscode$/, /^yaml$/, /^jsonc-parser$/],
  },
  webview: { rooms: [], packages: [] },
  // It can't decrypt: of ours it has the transport and the contract, and nothing of the vault (see api-server/bundle.test.ts).
  "api-server": { rooms: ["extension/core/crypto", "extension/core/store/contract.ts"], packages: [/^(?!vscode$)/] },
};

const ALIASES: Readonly<Record<string, string>> = {
  "#core/": "extension/core/",
  "#mcp/": "mcp-server/",
  "#cli/": "extension/cli/",
  "#vscode/": "extension/vscode/",
};

interface Import {
  readonly file: string;
  readonly specifier: string;
}

async function importsOf(room: string): Promise<readonly Import[]> {
  const entries = await readdir(join(ROOT, room), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
  const imports = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, "utf8");
      const found = text.matchAll(
        /(?:^|[\s;])(?:import|export)\s*(?:type\s)?[^"';]*?from\s*"([^"]+)"|import\s*\(\s*"([^"]+)"|^import\s*"([^"]+)"/gm,
      );
      return [...found].map((match) => ({
        file: relative(ROOT, file),
        specifier: (match[1] ?? match[2] ?? match[3])!,
      }));
    }),
  );
  return imports.flat();
}

/** The file in this repository that a specifier names, or undefined for a package or a built-in. */
function localTarget({ file, specifier }: Import): string | undefined {
  for (const [alias, folder] of Object.entries(ALIASES))
    if (specifier.startsWith(alias)) return specifier.replace(alias, folder);
  if (!specifier.startsWith(".")) return undefined;
  return relative(ROOT, resolve(ROOT, dirname(file), specifier))
    .split(sep)
    .join("/");
}

for (const [room, allowed] of Object.entries(ROOMS)) {
  test(`${room} imports only what the house allows`, async () => {
    const imports = await importsOf(room);
    assert.ok(imports.length > (room === "webview" ? 0 : 10));
    for (const found of imports) {
      const where = `${found.file} imports ${found.specifier}`;
      const target = localTarget(found);
      if (target === "package.json") continue; // for the version
      if (target !== undefined) {
        const free =
          target.startsWith(`${room}/`) ||
          allowed.rooms.some((other) => target === other || target.startsWith(`${other}/`));
        assert.ok(free, where);
      } else if (!found.specifier.startsWith("node:")) {
        assert.ok(
          allowed.packages.some((pattern) => pattern.test(found.specifier)),
          where,
        );
      }
    }
  });
}

test("core reads no argv and no environment, and writes to no console", async () => {
  const entries = await readdir(join(ROOT, "extension/core"), { recursive: true, withFileTypes: true });
  // Programs of their own, which talk over their own pipes.
  const programs = ["pty-host.ts", "argon2-worker.ts", "sandbox-host.ts"];
  for (const entry of entries.filter(
    (other) => other.isFile() && other.name.endsWith(".ts") && !programs.includes(other.name),
  )) {
    const file = join(entry.parentPath, entry.name);
    const text = (await readFile(file, "utf8")).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    assert.doesNotMatch(text, /process\.(env|argv|exit|stdout|stderr|stdin)\b|console\./, relative(ROOT, file));
  }
});

test("the rules of this test catch what they should", () => {
  assert.equal(localTarget({ file: "extension/core/run/x.ts", specifier: "../../cli/ov.ts" }), "extension/cli/ov.ts");
  assert.equal(
    localTarget({ file: "mcp-server/x.ts", specifier: "#core/vault/session.ts" }),
    "extension/core/vault/session.ts",
  );
  assert.equal(localTarget({ file: "mcp-server/x.ts", specifier: "zod" }), undefined);
});
