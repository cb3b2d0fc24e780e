import { env, l10n } from "vscode";
import type { ServerFace } from "./server-state.ts";

/** For the tooltip of the status bar and for screen readers; nothing where the vault is on this machine. */
export function serverLines(face: ServerFace): readonly string[] {
  if (face.kind === "none") return [];
  const problem = serverProblem(face);
  const answered =
    face.link === "online" && face.answeredAt !== undefined
      ? [l10n.t("The server answered last at {0}", timeOf(face.answeredAt))]
      : [];
  return [l10n.t("On the server {0}", face.url), ...answered, ...(problem === undefined ? [] : [problem])];
}

/** What is wrong with the server, and what that means for the person; undefined = nothing. */
export function serverProblem(face: ServerFace): string | undefined {
  if (face.kind === "none") return undefined;
  switch (face.link) {
    case "unknown":
    case "online":
      return undefined;
    case "offline":
      return face.answeredAt === undefined
        ? l10n.t("Offline: no answer from {0}. Check the network.", face.url)
        : l10n.t(
            "Offline: no answer from {0}. Secrets are read as they were at {1}; changes wait for the server.",
            face.url,
            timeOf(face.answeredAt),
          );
    case "changed":
      return l10n.t(
        "{0} is not the server whose words you confirmed. Nothing is sent to it. Ask the one who runs it.",
        face.url,
      );
    case "ended":
      return l10n.t(
        "{0} takes no calls of this device: it was removed, or the master password was changed elsewhere. Log out, then log in again.",
        face.url,
      );
  }
}

export function timeOf(ms: number): string {
  const isToday = new Date(ms).toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(env.language, {
    ...(isToday ? {} : { dateStyle: "medium" }),
    timeStyle: "short",
  }).format(ms);
}
