import assert from "node:assert/strict";
import { test } from "node:test";
import { nameProblem } from "#vscode/hints/name-problem.ts";
import { suggestName } from "#vscode/hints/suggest-name.ts";

const VALUE = "sk_live_4eC39HqLyjWDarjtT1";

function suggested(before: string, rule = "stripe"): string {
  const text = `${before}${VALUE}`;
  return suggestName(text, { start: before.length, end: text.length, rule });
}

test("the name is that of the variable or key on the left", () => {
  assert.equal(suggested('const stripeApiKey = "'), "STRIPE_API_KEY");
  assert.equal(suggested('let payKEYTwo: string = "'), "PAY_KEY_TWO");
  assert.equal(suggested("  pay-key: '"), "PAY_KEY");
  assert.equal(suggested('{"payKey": "'), "PAY_KEY");
  assert.equal(suggested("export PAY_KEY="), "PAY_KEY");
  assert.equal(suggested('os.environ["PAY_KEY"] = "'), "PAY_KEY");
  assert.equal(suggested('os.Setenv("PAY_KEY", "'), "PAY_KEY");
  assert.equal(suggested("ENV PAY_KEY "), "PAY_KEY");
  assert.equal(suggested("pay_key => '"), "PAY_KEY");
  assert.equal(suggested('config.pay.apiKey = "'), "PAY_API_KEY");
});

test("where nothing on the left says which, the name is that of the rule", () => {
  for (const before of ["", 'token = "', 'new Stripe("', 'this.key = "', 'a\nb("']) {
    assert.equal(suggested(before, "stripe"), "STRIPE_KEY");
    assert.equal(suggested(before, "gitlab-token"), "GITLAB_TOKEN");
    assert.equal(suggested(before, "1password"), "ONEPASSWORD_TOKEN");
  }
});

test("a name that can't be a secret's is not suggested", () => {
  assert.equal(suggested('NODE_OPTIONS="'), "STRIPE_KEY");
  assert.equal(suggested(`x${"y".repeat(200)} = "`), "STRIPE_KEY");
});

test("a key that is a part of the value is not suggested, and not taken as a name", () => {
  assert.equal(suggested(`${VALUE} = "`), "STRIPE_KEY");
  assert.equal(suggested(`${VALUE.slice(0, 16)} = "`), "STRIPE_KEY");
  assert.equal(nameProblem(VALUE, new Set(), VALUE), "value");
  assert.equal(nameProblem(VALUE.slice(3, 20), new Set(), VALUE), "value");
});

test("names that are taken or can't be names are refused, and others are not", () => {
  assert.equal(nameProblem("PAY_KEY", new Set(["PAY_KEY"]), VALUE), "taken");
  for (const name of ["", "A B", "1A", "PATH"]) assert.equal(nameProblem(name, new Set(), VALUE), "invalid");
  assert.equal(nameProblem("PAY_KEY_2", new Set(["PAY_KEY"]), VALUE), undefined);
});
