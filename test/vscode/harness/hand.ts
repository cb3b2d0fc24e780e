import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type * as vscode from "vscode";

/** The extension in fixtures/hand, which runs a test's functions in a window's extension host. */
export interface Hand {
  run<Args extends readonly unknown[], Result>(
    action: (api: typeof vscode, ...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>>;
}

/** The hand of the window that is opened next. Call it before opening; windows are opened one after the other. */
export async function nextHand(folder: string, patience = 120_000): Promise<Hand> {
  const before = new Set(readdirSync(folder));
  for (const end = Date.now() + patience; Date.now() < end; await sleep(50)) {
    const name = readdirSync(folder).find((file) => file.endsWith(".ready") && !before.has(file));
    if (name === undefined) continue;
    const socketPath = readFileSync(join(folder, name), "utf8");
    return { run: (action, ...args) => call(socketPath, { action: action.toString(), args }) };
  }
  throw new Error("The window's extension host did not start.");
}

function call<Result>(socketPath: string, body: unknown): Promise<Result> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method: "POST", path: "/" }, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      if (response.statusCode !== 200) return reject(new Error(`In the extension host: ${text}`));
      resolve((text === "" ? undefined : JSON.parse(text)) as Result);
    });
    sent.setTimeout(120_000, () => sent.destroy(new Error("The extension host did not answer within 120 s.")));
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}
