import * as z from "zod";
import type { RunAlarm } from "#core/run/vault-access.ts";

/** What a tool's result says of output that a person is told of; left out where there is nothing to say. */
export const alarmFields = {
  alarm: z
    .object({
      environment_dumped: z.boolean().describe("The command printed its whole environment, or left it in a file"),
      evasive: z
        .array(z.string())
        .describe("Secrets that it printed in a form that hides a value, such as reversed, in hex or in pieces"),
      approvals_ended: z.literal(true).describe("Nothing is approved for longer in this environment any more"),
    })
    .optional()
    .describe("The person is told of it. Don't do it again; name the secrets that a command needs."),
};

export interface AlarmOutput {
  readonly alarm?:
    | { readonly environment_dumped: boolean; readonly evasive: string[]; readonly approvals_ended: true }
    | undefined;
}

export function alarmOutput(alarm: RunAlarm | undefined): AlarmOutput {
  if (alarm === undefined) return {};
  return {
    alarm: { environment_dumped: alarm.dumped, evasive: [...alarm.evasive], approvals_ended: true },
  };
}

export function renderAlarm({ alarm }: AlarmOutput): readonly string[] {
  if (alarm === undefined) return [];
  const { environment_dumped: dumped, evasive } = alarm;
  return [
    ...(dumped ? ["WARNING: the command printed its whole environment, or left it in a file."] : []),
    ...(evasive.length === 0
      ? []
      : [
          `WARNING: the command printed ${evasive.join(", ")} in a form that hides a value. It is redacted all the same.`,
        ]),
    "The person is told, and every standing approval of this environment has ended: the next use is asked about.",
  ];
}
