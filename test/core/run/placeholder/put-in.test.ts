import assert from "node:assert/strict";
import { test } from "node:test";
import { type HeldSecret, PlaceholderUse } from "#core/run/placeholder/held-secret.ts";
import { asPlace } from "#core/run/placeholder/place.ts";
import { bodyKind, putIntoBody } from "#core/run/placeholder/put-in-body.ts";
import { putIntoHeaders, putIntoQuery, UnfitForHeader } from "#core/run/placeholder/put-in-head.ts";

const P = "plc4holderplc4holder99";

function secret(places: readonly string[], value = "va=l&u€\"'\\", name = "KEY", placeholder = P): HeldSecret {
  return { name, placeholder, value: Buffer.from(value), hosts: [], places: places.map((place) => asPlace(place)!) };
}

const json = (held: HeldSecret, text: string, use = new PlaceholderUse()): string =>
  Buffer.from(putIntoBody(Buffer.from(text), "json", [held], use)).toString();

test("S128 a header gets the value only if the secret allows that header; others keep the placeholder", () => {
  const use = new PlaceholderUse();
  const held = secret(["header:Authorization"], "v4lue");
  const out = putIntoHeaders(
    [
      ["authorization", `Bearer ${P}`],
      ["X-Debug", P],
      ["Cookie", `a=${P}`],
    ],
    [held],
    use,
  );
  assert.deepEqual(out, [
    ["authorization", "Bearer v4lue"],
    ["X-Debug", P],
    ["Cookie", `a=${P}`],
  ]);
  assert.deepEqual(use.report([held]).remarks, [
    "KEY stood in the header x-debug, where it isn't allowed",
    "KEY stood in the header cookie, where it isn't allowed",
  ]);
});

test("Basic authentication is opened, filled and closed again", () => {
  const header = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  const held = secret(["header:authorization"], "pässwörd:with:colons");
  const [[, filled] = []] = putIntoHeaders([["Authorization", header(`user:${P}`)]], [held], new PlaceholderUse());
  assert.equal(filled, header("user:pässwörd:with:colons"));
  const whole = putIntoHeaders([["Authorization", `Basic ${P}`]], [held], new PlaceholderUse());
  assert.equal(
    Buffer.from(whole[0]![1], "latin1").toString(),
    "Basic pässwörd:with:colons",
    "a value that is all of it",
  );
  const other = header("user:other");
  assert.deepEqual(putIntoHeaders([["Authorization", other]], [held], new PlaceholderUse()), [
    ["Authorization", other],
  ]);
});

test("S128 Basic authentication in a header that isn't allowed is left as it is", () => {
  const header = `Basic ${Buffer.from(`user:${P}`).toString("base64")}`;
  const use = new PlaceholderUse();
  assert.deepEqual(putIntoHeaders([["X-Auth", header]], [secret(["header:authorization"])], use), [["X-Auth", header]]);
  assert.equal(use.report([secret([])]).remarks.length, 1);
});

test("S136 a value with a line break or a NUL never gets into a header", () => {
  for (const value of ["a\r\nHost: evil", "a\nb", "a\0b", "line\n"]) {
    assert.throws(
      () => putIntoHeaders([["Authorization", P]], [secret(["header:authorization"], value)], new PlaceholderUse()),
      UnfitForHeader,
    );
  }
});

test("S128 a parameter of the query gets the value, encoded; other parameters, names and the path don't", () => {
  const use = new PlaceholderUse();
  const held = secret(["query:key"]);
  const target = `/${P}/a?x=%zz&other=${P}&key=pre-${P}&${P}=1&key=b&flag&e=`;
  const out = putIntoQuery(target, [held], use);
  assert.equal(out, target.replace(`key=pre-${P}`, `key=${encodeURIComponent(`pre-${"va=l&u€\"'\\"}`)}`));
  assert.equal(use.report([held]).remarks.length, 3);
  assert.equal(
    putIntoQuery(`/a?k%65y=${P.replace("p", "%70")}`, [held], use),
    `/a?k%65y=${encodeURIComponent("va=l&u€\"'\\")}`,
  );
  assert.equal(putIntoQuery("/plain", [held], use), "/plain");
});

test("S128 a JSON field gets the value by its path, escaped; all other bytes stay", () => {
  const held = secret(["body:auth.token"]);
  const text = `{ "big": 12345678901234567890, "token": "${P}",\n "auth": [{"token": "Bearer ${P}", "t\\u006fken": "x"}] }`;
  assert.equal(json(held, text), text.replace(`"Bearer ${P}"`, JSON.stringify(`Bearer ${"va=l&u€\"'\\"}`)));
  assert.equal(
    json(held, `{"auth":{"token":"\\u0070${P.slice(1)}"}}`),
    `{"auth":{"token":${JSON.stringify("va=l&u€\"'\\")}}}`,
  );
  const unchanged = [
    "not json",
    `{"auth":{"token":"${P}"}`,
    `{"auth":{"token":"${P}",}}`,
    `// c\n{"auth":{"token":"${P}"}}`,
  ];
  for (const other of unchanged) assert.equal(json(held, other), other);
});

test("S128 a placeholder in another field or in a field's name stays, and is reported", () => {
  const use = new PlaceholderUse();
  const held = secret(["body:token"], "v");
  const text = `{"a":{"token":"${P}"},"${P}":1,"token2":"${P}"}`;
  assert.equal(json(held, text, use), text);
  assert.deepEqual(use.report([held]), {
    used: {},
    unused: ["KEY"],
    remarks: [
      "KEY stood in the JSON field a.token, where it isn't allowed",
      "KEY stood in the name of a JSON field, where it isn't allowed",
      "KEY stood in the JSON field token2, where it isn't allowed",
    ],
  });
});

test("a form is filled like a query, and bytes that are no UTF-8 stay", () => {
  const held = secret(["body:client_secret"], "a b&c");
  const body = Buffer.concat([Buffer.from(`x=1&client_secret=${P}&raw=`), Buffer.from([0xff, 0x80])]);
  const out = Buffer.from(putIntoBody(body, "form", [held], new PlaceholderUse()));
  assert.deepEqual(out, Buffer.concat([Buffer.from("x=1&client_secret=a%20b%26c&raw="), Buffer.from([0xff, 0x80])]));
});

test("only JSON and forms have fields", () => {
  assert.equal(bodyKind("application/json; charset=utf-8"), "json");
  assert.equal(bodyKind("application/vnd.api+json"), "json");
  assert.equal(bodyKind("application/x-www-form-urlencoded"), "form");
  for (const type of [undefined, "text/plain", "multipart/form-data; boundary=x", "application/jsonx"]) {
    assert.equal(bodyKind(type), undefined);
  }
});

test("a value that holds another placeholder's text is not filled again", () => {
  const first = secret(["header:authorization"], "xx-first-value-xx", "FIRST", "first1first1first1first1");
  const second = secret(["header:authorization"], "first1first1first1first1", "SECOND", "secon2secon2secon2secon2");
  for (const order of [
    [first, second],
    [second, first],
  ]) {
    const out = putIntoHeaders([["Authorization", "secon2secon2secon2secon2"]], order, new PlaceholderUse());
    assert.deepEqual(out, [["Authorization", "first1first1first1first1"]]);
  }
});

test("S136 headers that frame a request or name its host can't be a place", () => {
  const bad = ["header:host", "header:Content-Length", "header:transfer-encoding", "header:connection", "header:a b"];
  for (const text of [...bad, "header:", "cookie:x", "body", "header:a\r\nb", ""])
    assert.equal(asPlace(text), undefined, text);
});
