/** What a person does with a box, list or dialog. "accept" takes a list as it is preselected. */
export type Reply =
  | "escape"
  | "back"
  | "accept"
  | { readonly type: string }
  | { readonly pick: string | readonly string[] }
  | { readonly press: string }
  | { readonly open: string }
  | { readonly save: string };

let replies: readonly Reply[] = [];
let onShow: ((texts: readonly string[]) => void) | undefined;
let pressed: string | undefined;
let cancelled: string | undefined;

/** All that was shown since `plan`, one list of texts for each box, list, dialog or notification. */
export let shown: string[][] = [];
/** Texts of notifications since `plan`. */
export let notified: string[] = [];

/** What the person will do from now on; after that they close whatever comes. `press`: a notification's button. */
export function plan(next: readonly Reply[], press?: string, watch?: (texts: readonly string[]) => void): void {
  replies = next;
  pressed = press;
  onShow = watch;
  cancelled = undefined;
  shown = [];
  notified = [];
}

/** Once a work of this title runs, the person ends it. */
export function planCancel(title: string): void {
  cancelled = title;
}

export function cancels(title: string): boolean {
  return title === cancelled;
}

/** What is left of the plan. */
export function unused(): readonly Reply[] {
  return replies;
}

export async function meets(texts: readonly string[]): Promise<Reply> {
  shown.push([...texts]);
  onShow?.(texts);
  await new Promise((resolve) => setImmediate(resolve));
  const [reply = "escape", ...rest] = replies;
  replies = rest;
  return reply;
}

export async function notify(text: string, buttons: readonly string[]): Promise<string | undefined> {
  shown.push([text, ...buttons]);
  notified.push(text);
  return buttons.find((button) => button === pressed);
}
