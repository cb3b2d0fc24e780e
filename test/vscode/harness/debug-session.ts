import type { EditorWindow } from "./editor-window.ts";

/** What any extension sees of the next debug session: the configurations of all of its sessions, and what is printed. */
export function watchSession(
  window: EditorWindow,
): Promise<{ readonly configurations: string; readonly output: string }> {
  return window.inHost(
    (vscode) =>
      new Promise<{ configurations: string; output: string }>((resolve) => {
        const configurations: unknown[] = [];
        let output = "";
        vscode.debug.registerDebugAdapterTrackerFactory("*", {
          createDebugAdapterTracker: () => ({
            onDidSendMessage: (message) => {
              if (message.event === "output") output += message.body.output;
            },
          }),
        });
        vscode.debug.onDidStartDebugSession((session) => configurations.push(session.configuration));
        vscode.debug.onDidTerminateDebugSession((session) => {
          if (session.parentSession === undefined) resolve({ configurations: JSON.stringify(configurations), output });
        });
      }),
  );
}

/** Returns how to ask which debug sessions have started since. */
export async function watchStarts(window: EditorWindow): Promise<() => Promise<readonly string[]>> {
  await window.inHost((vscode) => {
    const started: string[] = [];
    vscode.debug.onDidStartDebugSession(({ name }) => started.push(name));
    Object.assign(globalThis, { startedSessions: started });
  });
  return () => window.inHost(() => Reflect.get(globalThis, "startedSessions"));
}
