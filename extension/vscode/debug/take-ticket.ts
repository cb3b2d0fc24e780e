// Loaded by Node before a debugged program (NODE_OPTIONS=--import): it takes the program's secrets for a ticket.
import { connect } from "node:net";
import { isMainThread } from "node:worker_threads";

// A worker has its parent's variables already.
if (isMainThread) {
  try {
    Object.assign(process.env, await take(new URL(import.meta.url)));
  } catch {
    console.error(
      "OpaqueVault: the secrets for this program were not handed over: its ticket was used, or is too old. Stop, and start debugging again.",
    );
    process.exit(1);
  }
  forgetTicket();
}

function take({ searchParams }: URL): Promise<Record<string, string>> {
  const socket = connect(searchParams.get("socket") ?? "");
  return new Promise((resolve, reject) => {
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (more) => {
      text += more;
    });
    socket.on("error", reject);
    socket.on("end", () => (text.endsWith("\n") ? resolve(JSON.parse(text)) : reject(new Error("refused"))));
    socket.on("close", () => reject(new Error("closed")));
    socket.write(`${searchParams.get("ticket")}\n`);
  });
}

/** What this program starts has the variables, and must not try to take them again. */
function forgetTicket(): void {
  const words = (process.env.NODE_OPTIONS ?? "").split(" ");
  process.env.NODE_OPTIONS = words.filter((word) => !word.endsWith(import.meta.url)).join(" ");
}
