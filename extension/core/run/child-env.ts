import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { VaultError } from "../vault-error.ts";

/** An environment as Node hands it over: `process.env` of the composition root, or a literal in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface NamedValue {
  readonly name: string;
  readonly value: Uint8Array;
}

/**
 * The child's whole environment: a short list of inherited variables, and the secrets. Everything else of the parent
 * stays out, because an editor's or agent's environment is full of tokens that the run was not approved for.
 * Refuses with `value-invalid` a value that no environment can carry.
 */
export function childEnvironment(
  parent: Environment,
  secrets: readonly NamedValue[],
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const child: Record<string, string> = {};
  for (const [name, value] of Object.entries(parent)) {
    if (value !== undefined && isInherited(name)) child[name] = value;
  }
  for (const { name, value } of secrets) {
    // Windows has one variable for all spellings, and Node would keep the inherited one.
    if (platform === "win32") {
      for (const other of Object.keys(child)) if (other.toUpperCase() === name.toUpperCase()) delete child[other];
    }
    child[name] = asVariable(name, value);
  }
  return child;
}

/** SHA-256 (hex) of what `childEnvironment` inherits, but for what only changes how a terminal looks. */
export function surroundingsOf(parent: Environment): string {
  const kept = Object.entries(childEnvironment(parent, [])).filter(([name]) => !LOOKS.test(name));
  return createHash("sha256")
    .update(JSON.stringify(kept.sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest("hex");
}

const LOOKS =
  /^(TERM|COLORTERM|NO_COLOR|FORCE_COLOR|CLICOLOR|CLICOLOR_FORCE|LANG|LANGUAGE|LC_[A-Z]+|TZ|COLUMNS|LINES)$/;

/**
 * Passwords inside inherited proxy URLs. The child needs them to reach the network, so it gets them, and they are
 * redacted like secrets of the vault.
 */
export function inheritedCredentials(parent: Environment): readonly NamedValue[] {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(parent)) {
    const upper = name.toUpperCase();
    if (value === undefined || !PROXIES.has(upper) || !URL.canParse(value)) continue;
    const { password } = new URL(value);
    if (password === "") continue;
    found.set(password, upper);
    found.set(percentDecoded(password), upper);
  }
  return [...found].map(([password, name]) => ({ name, value: Buffer.from(password) }));
}

function isInherited(name: string): boolean {
  // Not by exact case: Windows says "Path", curl reads "http_proxy".
  const upper = name.toUpperCase();
  return INHERITED.has(upper) || PROXIES.has(upper) || upper.startsWith("LC_");
}

const PROXIES = new Set(["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY"]);

const INHERITED = new Set([
  // who and where
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TZ", "LANG", "LANGUAGE", "TMPDIR", "TEMP", "TMP"],
  // how output may look
  ...["TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CI"],
  ...["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"],
  ...["XDG_CONFIG_DIRS", "XDG_DATA_DIRS"],
  // Windows does not start most programs without these
  ...["SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "OS", "USERNAME", "USERPROFILE", "USERDOMAIN"],
  ...["HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "ALLUSERSPROFILE", "PUBLIC"],
  ...["PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432", "COMMONPROGRAMFILES", "COMMONPROGRAMFILES(X86)"],
  ...["COMMONPROGRAMW6432", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE"],
  // where the network is, and which certificates the person's company has added
  ...["NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"],
  ...["GIT_SSL_CAINFO", "AWS_CA_BUNDLE"],
  // where toolchains are installed; without them compilers and package managers start over or fail
  ...["JAVA_HOME", "ANDROID_HOME", "GOPATH", "GOROOT", "CARGO_HOME", "RUSTUP_HOME", "NVM_DIR", "VOLTA_HOME"],
  ...["PNPM_HOME", "BUN_INSTALL", "DENO_INSTALL", "PYENV_ROOT", "VIRTUAL_ENV", "CONDA_PREFIX", "RBENV_ROOT"],
  ...["DOTNET_ROOT", "HOMEBREW_PREFIX", "NIX_PROFILES", "NIX_SSL_CERT_FILE"],
  // A socket, not a key: `git push` needs it, and the same user reaches it without us.
  "SSH_AUTH_SOCK",
]);

/** Why no environment can carry a value; undefined where one can. */
export function unfitForEnvironment(value: Uint8Array): string | undefined {
  if (value.includes(0)) return "holds a zero byte";
  return isUtf8(value) ? undefined : "is not UTF-8 text";
}

/** Strings can't be wiped: this copy lives until the garbage collector takes it. The child has one anyway. */
function asVariable(name: string, value: Uint8Array): string {
  const why = unfitForEnvironment(value);
  if (why !== undefined) throw unfit(name, why);
  // Without ignoreBOM a leading byte-order mark would be dropped, and the child would get another value.
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
}

function unfit(name: string, why: string): VaultError {
  return new VaultError(
    "value-invalid",
    `The value of ${name} ${why}, so it can't be an environment variable. Store it as base64, or name the secrets to use without it.`,
  );
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
