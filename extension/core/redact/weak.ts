import { looksRandom } from "./dull.ts";
import { codesOf } from "./fold.ts";

const MIN_BYTES = 6;

/** Words that stand in most programs' output, so that hiding each of them would make it unreadable. */
const COMMON = new Set(
  `admin administrator anonymous apikey authorization bearer changeme client config database debug default demo
  development disabled dummy enabled example false foobar guest hello internal localhost manager master mysql nobody
  null none password passwd postgres postgresql private prod production public qwerty readonly redis
  replace-me replaceme root sandbox secret server service service_account staging system test testing test123 token
  true undefined unknown user username welcome value http https sqlite mongodb mariadb us-east-1 us-west-2 eu-west-1
  eu-central-1 administrator password1 password123 letmein 127.0.0.1 0.0.0.0 latest stable main trunk`.split(/\s+/),
);

/** Too short or too common to be hidden everywhere: the person is told so when the secret is created. */
export function isWeak(value: Uint8Array): boolean {
  return value.length < MIN_BYTES || isCommon(value) || isShortNumberOrWord(value);
}

/** So common that it is a secret only where it is plainly the value of something. */
export function isCommon(value: Uint8Array): boolean {
  const text = Buffer.from(value).toString("latin1").trim();
  if (text.length < MIN_BYTES) return !looksRandom(value);
  const codes = codesOf(value);
  if (COMMON.has(text.toLowerCase())) return true;
  return codes.length < 16 && codes.length === text.length && isTrivial(codes);
}

/** One or two characters over and over, or a count such as 123456. */
function isTrivial(codes: Uint8Array): boolean {
  const steps = new Set(codes.subarray(1).map((code, i) => (code - codes[i]!) & 0xff));
  return new Set(codes).size <= 2 || steps.size === 1;
}

function isShortNumberOrWord(value: Uint8Array): boolean {
  const text = Buffer.from(value).toString("latin1");
  return /^(?:\d{1,8}|[a-z]{1,8}|[A-Z]{1,8})$/.test(text);
}
