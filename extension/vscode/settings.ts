import * as vscode from "vscode";

/** All are `application` scoped in package.json: no folder that is opened can change one. */
export function settings() {
  const all = vscode.workspace.getConfiguration("opaquevault");
  return {
    /** Empty: the place that `ov` uses too. */
    home: all.get<string>("home", "").trim(),
    lockAfterMs: clamp(all.get<number>("lockAfterMinutes", 15), 1, 1440) * 60_000,
    transport: all.get<string>("mcp.transport", "socket") === "loopback" ? "loopback" : "socket",
    interceptMode: all.get<string>("interceptMode", "block") === "warn" ? "warn" : "block",
    hints: all.get<boolean>("hints.enabled", true) !== false,
  } as const;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Number.isFinite(value) ? Math.round(value) : least));
}
