import { Agent, type RequestOptions } from "node:https";
import { isIP } from "node:net";
import { connect, createSecureContext, type SecureContext } from "node:tls";
import type { Environment } from "../child-env.ts";
import type { Target } from "./check-request.ts";
import { proxyFor, tunnelThrough } from "./corporate-proxy.ts";
import { guardedLookup, type Resolve } from "./guarded-lookup.ts";

/** How the real hosts are reached: their certificates are verified, whatever the child would have done. */
export interface Upstream {
  optionsFor(target: Target): RequestOptions;
  close(): void;
}

export function createUpstream(environment: Environment, roots: readonly string[], resolve: Resolve): Upstream {
  const lookup = guardedLookup(resolve);
  let context: SecureContext | undefined;
  const agents = new Map<string, Agent>();
  const tlsOptions = ({ host }: Target) => {
    // Made once: it takes the reading of some hundred certificates.
    context ??= createSecureContext({ ca: [...roots] });
    return {
      secureContext: context,
      rejectUnauthorized: true,
      ALPNProtocols: ["http/1.1"],
      // RFC 6066 §3: the server name is never an address.
      ...(isIP(host) === 0 ? { servername: host } : {}),
    };
  };
  return {
    optionsFor: (target) => {
      const { host, port } = target;
      const key = `${host} ${port}`;
      const proxy = proxyFor(environment, host, port, true);
      const agent = agents.get(key) ?? agentFor(proxy, target, tlsOptions);
      agents.set(key, agent);
      return { host, port, agent, lookup, ...tlsOptions(target) };
    },
    close: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function agentFor(proxy: URL | undefined, target: Target, tlsOptions: (target: Target) => object): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  if (proxy === undefined) return agent;
  // Through a proxy, the name is resolved there.
  agent.createConnection = (_options, callback) => {
    tunnelThrough(proxy, target.host, target.port).then(
      (socket) => callback?.(null, connect({ ...tlsOptions(target), socket, host: target.host })),
      (error: Error) => callback?.(error, undefined as never), // Node looks at the error first
    );
    return undefined;
  };
  return agent;
}
