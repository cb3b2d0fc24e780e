import assert from "node:assert/strict";
import { test } from "node:test";
import {
  asAllowedHost,
  canonicalHost,
  formatAllowedHost,
  isAllowed,
  isLoopbackName,
} from "#core/run/placeholder/allowed-host.ts";

const rules = (...texts: string[]) => texts.map((text) => asAllowedHost(text)!);

test("a host is one name or address, or all below a domain, with or without a port", () => {
  assert.deepEqual(asAllowedHost("API.Example.com."), { name: "api.example.com", below: false });
  assert.deepEqual(asAllowedHost("*.example.com:8443"), { name: "example.com", below: true, port: 8443 });
  assert.deepEqual(asAllowedHost("[::1]:9000"), { name: "::1", below: false, port: 9000 });
  assert.deepEqual(asAllowedHost("bücher.example"), { name: "xn--bcher-kva.example", below: false });
});

test("what is no host is none: URLs, wildcards over everything, ports out of range", () => {
  const bad = [
    "",
    "*",
    "*.com",
    "*.127.0.0.1",
    "https://a.example",
    "a.example/x",
    "a@b.example",
    "a b",
    "a.example:0",
  ];
  for (const text of [...bad, "a.example:65536", "a.*.example", "a..example", "::1", "a\0.example", "a.example:x"]) {
    assert.equal(asAllowedHost(text), undefined, text);
  }
});

test("a rule's text is in canonical form", () => {
  for (const text of ["api.example.com", "*.example.com:8443", "[::1]:9000", "127.0.0.1"]) {
    assert.equal(formatAllowedHost(asAllowedHost(text)!), text);
  }
  assert.equal(formatAllowedHost(asAllowedHost("API.example.com.:443")!), "api.example.com:443");
});

test("every spelling of a host is compared in one form", () => {
  for (const text of ["127.1", "0x7f.0.0.1", "2130706433", "127.0.0.1"]) assert.equal(canonicalHost(text), "127.0.0.1");
  assert.equal(canonicalHost("[0:0:0:0:0:0:0:1]"), "::1");
  assert.equal(canonicalHost("EXAMPLE.com."), "example.com");
  for (const text of ["a/b", "a?b", "a#b", "user@host", "a%00b", "a:80", "", `${"a".repeat(256)}`]) {
    assert.equal(canonicalHost(text), undefined, text);
  }
});

test("S127 a rule is for its own name and port: no suffix, prefix, parent or other port passes", () => {
  const one = rules("api.example.com");
  assert.ok(isAllowed(one, "api.example.com", 443, 443));
  for (const host of ["example.com", "xapi.example.com", "a.api.example.com", "api.example.com.evil.net"]) {
    assert.ok(!isAllowed(one, host, 443, 443), host);
  }
  assert.ok(!isAllowed(one, "api.example.com", 8443, 443));
  assert.ok(isAllowed(rules("api.example.com:8443"), "api.example.com", 8443, 443));
  assert.ok(!isAllowed(rules("api.example.com:8443"), "api.example.com", 443, 443));
  const below = rules("*.example.com");
  assert.ok(isAllowed(below, "a.b.example.com", 443, 443));
  assert.ok(!isAllowed(below, "example.com", 443, 443));
  assert.ok(!isAllowed(below, "evilexample.com", 443, 443));
});

test("loopback is what says so itself", () => {
  for (const host of ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "::1"]) assert.ok(isLoopbackName(host));
  for (const host of ["localhost.example.com", "notlocalhost", "10.0.0.1", "::2"]) assert.ok(!isLoopbackName(host));
});
