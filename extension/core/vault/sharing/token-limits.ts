import { BlockList, isIP } from "node:net";
import { VaultError } from "../../vault-error.ts";

export function isTokenName(text: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u.test(text);
}

export function requireTokenName(text: string): void {
  if (isTokenName(text)) return;
  throw new VaultError("argument-invalid", "A token's name has 1 to 64 letters, digits, spaces, dots or dashes.");
}

/** An address, or a range of them as CIDR. */
export function requireAddressRange(text: string): void {
  const [address = "", bits, ...rest] = text.split("/");
  const version = isIP(address);
  try {
    if (version === 0 || rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) throw new RangeError();
    new BlockList().addSubnet(address, Number(bits ?? (version === 6 ? 128 : 32)), version === 6 ? "ipv6" : "ipv4");
  } catch {
    throw new VaultError("argument-invalid", `${text} is no address or range. Write 203.0.113.7 or 203.0.113.0/24.`);
  }
}
