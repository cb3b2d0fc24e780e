/** How to run a rule of secretlint's preset on less than the whole text, and which of its findings to take. */
export interface SecretlintEntry {
  /** Each of its matches holds one of these. */
  readonly keywords: readonly string[];
  readonly anyCase?: boolean;
  /** No match is longer. */
  readonly reach?: number;
  readonly options?: object;
  /** Messages that are about something that is no credential. */
  readonly without?: readonly string[];
  /** It finds passwords, which may be plain words; else a match in small letters only is a name. */
  readonly passwords?: boolean;
  /** Matches that are names of variables. */
  readonly names?: RegExp;
}

/**
 * Each rule of `@secretlint/secretlint-rule-preset-recommend`, so that a new one fails a test until it has keywords;
 * until then it runs on the whole text. `undefined`: not run. `gcp` takes a file as a whole (its key is found by
 * `privatekey`), and `filter-comments` lets a comment in the text switch rules off.
 */
export const SECRETLINT_RULES: Readonly<Record<string, SecretlintEntry | undefined>> = {
  "1password": { keywords: ["ops_ey"], reach: 1400 },
  anthropic: { keywords: ["sk-ant-api0"] },
  aws: {
    keywords: ["a3t", "akia", "agpa", "aida", "aroa", "aipa", "anpa", "anva", "asia", "secret_access", "secretaccess"],
    anyCase: true,
    options: { enableIDScanRule: true },
    without: ["AWSAccountID"],
  },
  basicauth: { keywords: ["://"], reach: 900, passwords: true },
  cloudflare: { keywords: ["cfk_", "cfut_", "cfat_"] },
  "database-connection-string": {
    keywords: ["mongodb://", "mongodb+srv://", "mysql://", "mysqlx://", "postgres://", "postgresql://"],
    anyCase: true,
    reach: 1200,
    passwords: true,
  },
  databricks: { keywords: ["dapi"] },
  docker: { keywords: ["dckr_pat_"] },
  figma: { keywords: ["figd_"] },
  "filter-comments": undefined,
  gcp: undefined,
  github: { keywords: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"], reach: 12_100 },
  gitlab: { keywords: ["glpat-"] },
  grafana: { keywords: ["glc_", "glsa_"], reach: 450 },
  groq: { keywords: ["gsk_"] },
  "hashicorp-vault": { keywords: ["hvs.", "hvb.", "hvr."] },
  huggingface: { keywords: ["hf_"] },
  linear: { keywords: ["lin_api_"] },
  notion: { keywords: ["ntn_"] },
  // npm names variables of its own so in the environment of a script.
  npm: { keywords: ["npm_", "x-oauth-basic"], names: /^npm_(?:config|package)_/ },
  openai: { keywords: ["T3BlbkFJ"] },
  privatekey: { keywords: ["PRIVATE KEY"], reach: 10_200 },
  sendgrid: { keywords: ["SG."] },
  shopify: { keywords: ["shppa_", "shpca_", "shpat_", "shpss_"] },
  slack: {
    keywords: ["xoxb-", "xoxp-", "xapp-", "xoxa-", "xoxo-", "xoxr-", "hooks.slack.com"],
    anyCase: true,
    reach: 1000,
  },
  stripe: { keywords: ["sk_live_", "sk_test_", "rk_live_", "rk_test_"] },
  tailscale: { keywords: ["tskey-"] },
  vercel: { keywords: ["vcp_", "vci_", "vca_", "vcr_", "vck_"] },
};
