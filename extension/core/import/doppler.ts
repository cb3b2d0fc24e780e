import { readFlatJson } from "./flat-json.ts";
import { badFile, type Found } from "./found-secret.ts";
import { readYaml } from "./yaml-file.ts";

/**
 * `doppler secrets download --no-file --format json` or `yaml` (https://docs.doppler.com/docs/accessing-secrets#downloading):
 * a flat object of one config, with three entries of Doppler's own that say which.
 */
export function readDoppler(bytes: Uint8Array): Found {
  const found = startsAsJson(bytes) ? readFlatJson(bytes) : readYaml(bytes);
  const own = found.secrets.filter(({ wanted }) => OWN.has(wanted));
  if (found.secrets.length === own.length && found.left.length === 0) throw badFile("holds no secret of Doppler.");
  const text = (name: string): string | undefined => own.find(({ wanted }) => wanted === name)?.value.toString("utf8");
  const place = [text("DOPPLER_PROJECT"), text("DOPPLER_CONFIG")].filter((part) => part !== undefined);
  return {
    secrets: found.secrets.filter((secret) => !own.includes(secret)),
    left: [...found.left, ...own.map(({ from }) => ({ from, reason: "Doppler's own, no secret" as const }))],
    notes: place.length === 0 ? [] : [`The file is of Doppler's ${place.join("/")}.`],
  };
}

function startsAsJson(bytes: Uint8Array): boolean {
  return /^(?:\xef\xbb\xbf)?\s*\{/.test(Buffer.from(bytes.subarray(0, 200)).toString("latin1"));
}

const OWN = new Set(["DOPPLER_PROJECT", "DOPPLER_CONFIG", "DOPPLER_ENVIRONMENT"]);
