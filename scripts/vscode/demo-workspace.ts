import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A small project that wants secrets: to try the extension with, and for its pictures. Files that are there stay. */
export function makeDemoWorkspace(folder: string): void {
  for (const [name, lines] of Object.entries(FILES)) {
    const file = join(folder, name);
    if (existsSync(file)) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${lines.join("\n")}\n`);
  }
}

/** Secrets for the demo's vault. None is anybody's. */
export const DEMO_SECRETS: Readonly<Record<string, string>> = {
  "shop/dev/DATABASE_URL": "postgres://shop:dev-only-4a7c@127.0.0.1:5432/shop",
  "shop/dev/STRIPE_KEY": "demo-stripe-3f9b2c71d8e64a05",
  "shop/dev/MAIL_TOKEN": "demo-mail-91c2e7b05d3f4468",
  "shop/prod/STRIPE_KEY": "demo-stripe-prod-77aa01c4be5d9f32",
  "blog/dev/GITHUB_TOKEN": "demo-github-5e1f8a9b3c7d2460",
};

const FILES: Readonly<Record<string, readonly string[]>> = {
  ".ov.yaml": ["# Which secrets commands in this folder may have.", "app: shop", "environment: dev"],
  ".env": [
    "# To be imported: OpaqueVault: Import Secrets",
    "MAIL_FROM=shop@example.com",
    "CACHE_PASSWORD=demo-cache-0b6d",
  ],
  "package.json": [
    "{",
    '  "name": "shop",',
    '  "private": true,',
    '  "type": "module",',
    '  "scripts": {',
    '    "start": "node shop.js",',
    '    "print": "node -e \\"console.log(process.env.STRIPE_KEY)\\""',
    "  }",
    "}",
  ],
  "shop.js": [
    "// Uses its key, and carelessly prints it: what you see is redacted.",
    "const { STRIPE_KEY, DATABASE_URL } = process.env;",
    'if (STRIPE_KEY === undefined) throw new Error("No STRIPE_KEY: run me by OpaqueVault: Run with Secrets");',
    'console.log("Charging with", STRIPE_KEY);',
    'console.log("Orders are in", DATABASE_URL ?? "memory");',
  ],
  "README.md": [
    "# Shop",
    "",
    "1. OpaqueVault in the activity bar: **Create Vault**.",
    "2. **Create Secret**: `STRIPE_KEY` in `shop/dev`.",
    "3. **OpaqueVault: Run with Secrets** (F1), then `npm start`. The key is used, and its print is redacted.",
    "4. Ask the agent to run `npm start` with the secrets: it asks you first, and sees what you see.",
  ],
};
