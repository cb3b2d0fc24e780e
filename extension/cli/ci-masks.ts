import { VaultError } from "#core/vault-error.ts";

/** How a CI is told to hide a line of its own log: by a line of output that it takes out. */
export type MaskLine = (text: string) => string;

/** Of the CI that runs this process, by the variables that it documents. Refuses where there is none that has such a way. */
export function maskLineOf(env: NodeJS.ProcessEnv): MaskLine {
  // https://docs.github.com/actions/reference/workflow-commands-for-github-actions#masking-a-value-in-a-log
  if (env.GITHUB_ACTIONS === "true") return (text) => `::add-mask::${escaped(text, "%25")}`;
  // https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands#setsecret-register-a-value-as-a-secret
  if (env.TF_BUILD === "True") return (text) => `##vso[task.setsecret]${escaped(text, "%AZP25")}`;
  throw new VaultError(
    "argument-invalid",
    "This is neither GitHub Actions nor Azure Pipelines, and other CIs can't be told to mask by output. ov run redacts by itself, wherever it runs.",
  );
}

/** Logs are masked by the line, so a value of several lines is several masks; what is too short to be one is left out. */
export function maskedLines(value: Uint8Array): readonly string[] {
  const text = Buffer.from(value).toString("utf8");
  return text
    .split(/\r?\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line.length >= SHORTEST);
}

/** A mask of two letters would blacken the whole log. */
const SHORTEST = 4;

function escaped(text: string, percent: string): string {
  return text.replace(/%/g, percent).replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}
