import { generateKeyPairSync } from "node:crypto";
import { seeded } from "../../../bench/redact-texts.ts";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const HEX = "0123456789abcdef";
const UPPER = LOWER.toUpperCase();
const WORD = `${LOWER}${UPPER}0123456789`;

/** Characters of an alphabet, the same each time; made at run time, so that no scanner takes this file for a leak. */
function some(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[random(alphabet.length)]!).join("");
}
const random = seeded(0x5eed);

export interface Sample {
  /** What has to be masked. */
  readonly credential: string;
  /** What stands around it. */
  readonly before?: string;
  readonly after?: string;
}

/** A credential for each message of each rule of secretlint's preset. */
export const SAMPLES: Readonly<Record<string, Readonly<Record<string, Sample>>>> = {
  "1password": { OPS_TOKEN: { credential: `ops_${base64Json({ email: "a@b.example", key: some(WORD, 120) })}` } },
  anthropic: { ANTHROPIC_API_KEY: { credential: `sk-ant-api03-${some(WORD, 93)}AA` } },
  aws: {
    AWSAccessKeyID: { credential: `AKIA${some(UPPER, 16)}` },
    AWSSecretAccessKey: { before: 'aws_secret_access_key = "', credential: some(WORD, 40), after: '"' },
  },
  basicauth: { BasicAuth: { before: "https://deploy:", credential: some(WORD, 20), after: "@git.shop.dev/x.git" } },
  cloudflare: {
    CLOUDFLARE_GLOBAL_API_KEY: { credential: `cfk_${some(WORD, 40)}${some(HEX, 8)}` },
    CLOUDFLARE_USER_API_TOKEN: { credential: `cfut_${some(WORD, 40)}${some(HEX, 8)}` },
    CLOUDFLARE_ACCOUNT_API_TOKEN: { credential: `cfat_${some(WORD, 40)}${some(HEX, 8)}` },
  },
  "database-connection-string": {
    MongoDBConnection: { before: "mongodb+srv://shop:", credential: some(WORD, 9), after: "@db.shop.dev/a?ssl=1" },
    MySQLConnection: { before: "jdbc:mysql://shop:", credential: "tulip!field", after: "@db:3306/shop" },
    PostgreSQLConnection: { before: "postgresql://shop:", credential: some(LOWER, 9), after: "@db:5432/shop" },
  },
  databricks: { DATABRICKS_PERSONAL_ACCESS_TOKEN: { credential: `dapi${some(HEX, 32)}-2` } },
  docker: { DOCKER_PERSONAL_ACCESS_TOKEN: { credential: `dckr_pat_${some(WORD, 27)}` } },
  figma: { FIGMA_PERSONAL_ACCESS_TOKEN: { credential: `figd_${some(WORD, 40)}` } },
  github: { GITHUB_TOKEN: { credential: `ghp_${some(WORD, 36)}` } },
  gitlab: { GITLAB_PERSONAL_ACCESS_TOKEN: { credential: `glpat-${some(WORD, 20)}` } },
  grafana: {
    GRAFANA_CLOUD_API_TOKEN: { credential: `glc_${base64Json({ o: "1", n: "x", k: some(WORD, 24) })}` },
    GRAFANA_SERVICE_ACCOUNT_TOKEN: { credential: `glsa_${some(WORD, 32)}_${some(HEX, 8)}` },
  },
  groq: { GROQ_API_KEY: { credential: `gsk_${some(WORD, 52)}` } },
  "hashicorp-vault": {
    HASHICORP_VAULT_SERVICE_TOKEN: { credential: `hvs.${some(WORD, 92)}` },
    HASHICORP_VAULT_BATCH_TOKEN: { credential: `hvb.${some(WORD, 140)}` },
    HASHICORP_VAULT_RECOVERY_TOKEN: { credential: `hvr.${some(WORD, 92)}` },
  },
  huggingface: { HUGGINGFACE_USER_ACCESS_TOKEN: { credential: `hf_${some(LOWER + UPPER, 34)}` } },
  linear: { LINEAR_API_TOKEN: { credential: `lin_api_${some(WORD, 40)}` } },
  notion: { NOTION_INTEGRATION_TOKEN: { credential: `ntn_${some("0123456789", 11)}${some(WORD, 35)}` } },
  npm: {
    PackageJSON_xOauthToken: { before: "https://", credential: some(HEX, 40), after: ":x-oauth-basic@github.com/a/b" },
    NPM_ACCESS_TOKEN: { credential: `npm_${some(WORD, 36)}` },
  },
  openai: { OPENAI_TOKEN: { credential: `sk-proj-${some(WORD, 74)}T3BlbkFJ${some(WORD, 74)}` } },
  privatekey: { PrivateKey: { credential: privateKey() } },
  sendgrid: { SENDGRID_KEY: { credential: `SG.${some(WORD, 22)}.${some(WORD, 43)}` } },
  shopify: { SHOPIFY_KEY: { credential: `shpat_${some(WORD, 32)}` } },
  slack: {
    SLACK_TOKEN: { credential: `xoxb-${some("123456789", 12)}-${some("123456789", 12)}-${some(WORD, 24)}` },
    IncomingWebhook: {
      credential: `https://hooks.slack.com/services/T${some(WORD, 8)}/B${some(WORD, 8)}/${some(WORD, 24)}`,
    },
  },
  stripe: {
    STRIPE_SECRET_KEY_LIVE: { credential: `sk_live_${some(WORD, 24)}` },
    STRIPE_SECRET_KEY_TEST: { credential: `sk_test_${some(WORD, 99)}` },
    STRIPE_RESTRICTED_KEY_LIVE: { credential: `rk_live_${some(WORD, 24)}` },
    STRIPE_RESTRICTED_KEY_TEST: { credential: `rk_test_${some(WORD, 24)}` },
  },
  tailscale: Object.fromEntries(
    ["api", "auth", "client", "scim", "webhook"].map((type) => [
      `TAILSCALE_${type.toUpperCase()}_KEY`,
      { credential: `tskey-${type}-${some(WORD, 12)}-${some(WORD, 32)}` },
    ]),
  ),
  vercel: {
    VERCEL_PERSONAL_ACCESS_TOKEN: { credential: `vcp_${some(WORD, 24)}` },
    VERCEL_INTEGRATION_TOKEN: { credential: `vci_${some(WORD, 24)}` },
    VERCEL_APP_ACCESS_TOKEN: { credential: `vca_${some(WORD, 24)}` },
    VERCEL_APP_REFRESH_TOKEN: { credential: `vcr_${some(WORD, 24)}` },
    VERCEL_AI_GATEWAY_API_KEY: { credential: `vck_${some(WORD, 60)}` },
  },
};

/** Messages about what is no credential of the text, or for names of files that a text doesn't have. */
export const NO_SAMPLE: ReadonlySet<string> = new Set([
  "AWSAccountID",
  "PrivateKeyP12",
  "PrivateKeyJSON",
  "IGNORE_MESSAGE",
  "Npmrc_authToken", // only in files named .npmrc; our own rule npmrc-auth-token looks everywhere
  "TAILSCALE_KEY",
]);

function base64Json(value: object): string {
  // secretlint wants the last bytes to be `"}` in base64 without a rest.
  for (let pad = ""; ; pad += "x") {
    const text = Buffer.from(JSON.stringify({ pad, ...value })).toString("base64");
    if (text.endsWith("fQ==") || text.endsWith("fQ")) return text;
  }
}

function privateKey(): string {
  const { privateKey: key } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return key.trim();
}
