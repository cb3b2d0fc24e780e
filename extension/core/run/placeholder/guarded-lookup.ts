import { lookup as systemLookup } from "node:dns/promises";
import { BlockList, type LookupFunction } from "node:net";
import { isLoopbackName } from "./allowed-host.ts";

export interface Address {
  readonly address: string;
  readonly family: number;
}

export type Resolve = (host: string) => Promise<readonly Address[]>;

export const resolveBySystem: Resolve = (host) => systemLookup(host, { all: true });

/** A name that leads to this machine, or to a neighbour, without saying so. */
export class ForbiddenAddress extends Error {}

/**
 * Name resolution for `connect`: whoever rules a host's DNS must not lead a request to services of this machine or to
 * a cloud's metadata service. The address that is checked is the one that is connected to. A host that is loopback by
 * its name may have loopback addresses, and no others.
 */
export function guardedLookup(resolve: Resolve): LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (all) => {
        const allowed = all.filter((entry) => isFit(host, entry));
        if (allowed.length === 0) return callback(new ForbiddenAddress(), "", 0);
        if (options.all) callback(null, [...allowed]);
        else callback(null, allowed[0]!.address, allowed[0]!.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, "", 0),
    );
  };
}

function isFit(host: string, { address, family }: Address): boolean {
  const type = family === 6 ? "ipv6" : "ipv4";
  return isLoopbackName(host) ? LOOPBACK.check(address, type) : !FORBIDDEN.check(address, type);
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8);
LOOPBACK.addAddress("::1", "ipv6");

/** An IPv4 entry of a BlockList also covers its IPv4-mapped IPv6 form. */
const FORBIDDEN = new BlockList();
for (const [network, prefix] of [
  ["127.0.0.0", 8],
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["224.0.0.0", 3],
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
] as const) {
  FORBIDDEN.addSubnet(network, prefix);
}
for (const [network, prefix] of [
  ["::", 127],
  ["fe80::", 10],
  ["ff00::", 8],
  ["fd00:ec2::", 32],
] as const) {
  FORBIDDEN.addSubnet(network, prefix, "ipv6");
}
