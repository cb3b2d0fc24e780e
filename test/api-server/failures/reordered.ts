import { type ApiOptions, startApi } from "../../../api-server/start-api.ts";
import { type MadeCommit, madeVault } from "./made-vault.ts";
import { quickCaller } from "./quick-caller.ts";
import { randomOf } from "./random-of.ts";

export interface Reordered {
  readonly writes: number;
  /** Calls that came before the one that they follow, and were refused. */
  readonly early: number;
  /** Writes of the order that are missing, or at another place. Has to be 0. */
  readonly lost: number;
}

/** Writes that follow each other are sent in any order, many at once, until all are in. */
export async function reordered(
  options: ApiOptions,
  { writes, seed }: { readonly writes: number; readonly seed: number },
): Promise<Reordered> {
  const random = randomOf(seed);
  const api = await startApi({ ...options, rates: { device: [1e6, 1e6], address: [1e6, 1e6] } });
  const vault = madeVault();
  const base = await quickCaller(api, undefined);
  await base.call("PUT", vault.createPath, vault.createBody);
  const caller = await quickCaller(api, vault.device);
  const environment = vault.newEnvironment();
  const path = `/environments/${environment}`;
  const commits: MadeCommit[] = [];
  for (let counter = 1; counter <= writes; counter++) {
    commits.push(vault.commit(environment, counter, commits.at(-1)?.head));
  }
  let [left, early] = [commits, 0];
  while (left.length > 0) {
    const shuffled = left.map((commit) => ({ commit, at: random() })).sort((a, b) => a.at - b.at);
    const some = shuffled.slice(0, 20).map(({ commit }) => commit);
    // The next one is among them, so that each round gets on.
    if (!some.includes(left[0]!)) some.push(left[0]!);
    const answers = await Promise.all(some.map((commit) => caller.call("PUT", path, commit.body)));
    const done = new Set(some.filter((_, at) => answers[at]!.status === 200));
    early += answers.filter(({ status }) => status === 412).length;
    if (answers.some(({ status }) => status !== 200 && status !== 412)) throw new Error("A write was refused.");
    left = left.filter((commit) => !done.has(commit));
  }
  let lost = 0;
  for (const commit of commits) {
    const { body } = await caller.call("GET", `${path}/heads/${commit.counter}`);
    if (body?.head !== commit.body.head) lost++;
  }
  caller.close();
  base.close();
  await api.close();
  return { writes, early, lost };
}
