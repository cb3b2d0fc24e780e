import type {
  Answer,
  ApprovalTexts,
  FromApprovals,
  RequestCard,
  StandingCard,
  ToApprovals,
} from "./approvals-protocol.ts";

declare function acquireVsCodeApi(): { postMessage(message: FromApprovals): void };

const host = acquireVsCodeApi();
const texts = JSON.parse(byId("texts").textContent ?? "") as ApprovalTexts; // written by our own extension
/** ms: a button that appears under a click that was meant for something else takes nothing. */
const ARMED_AFTER = 600;
const cards = new Map<string, HTMLElement>();

window.addEventListener("message", ({ data }: MessageEvent<ToApprovals>) => show(data));
setInterval(tick, 1000);
host.postMessage({ kind: "ready" });

function show({ requests, standing }: ToApprovals): void {
  const main = byId("requests");
  for (const [id, card] of cards) {
    if (requests.some((request) => request.id === id)) continue;
    card.remove();
    cards.delete(id);
  }
  for (const request of requests) {
    if (cards.has(request.id)) continue;
    const card = requestCard(request);
    cards.set(request.id, card);
    main.append(card);
  }
  document.body.classList.toggle("idle", requests.length === 0);
  byId("standing").replaceChildren(...standingList(standing, requests.length > 0));
  tick();
}

function requestCard(request: RequestCard): HTMLElement {
  const { labels } = texts;
  const card = element("article", request.isProduction ? "card production" : "card");
  const title = element("h2", "", request.client);
  const what = element("p", "what", texts.actions[request.action]);
  const context = element("p", "context", request.context);
  if (request.isProduction) context.append(" ", element("span", "badge", labels.production));
  const facts = element("dl");
  const fact = (label: string, value: string, kind = ""): void =>
    facts.append(element("dt", "", label), element("dd", kind, value));
  fact(labels.command, request.command, "code");
  fact(labels.folder, request.folder, "code");
  fact(labels.secrets, request.names.length === 0 ? labels.none : request.names.join(", "));
  for (const { name, hosts } of request.placeholders) fact(`${name} ${labels.placeholders}`, hosts);
  if (request.reason !== undefined) fact(labels.reason, request.reason, "reason");
  card.append(title, what, context, facts);
  for (const warning of request.warnings) card.append(element("p", "warning", warning));
  if (request.projectFile !== undefined) {
    card.append(element("p", "warning", `${request.projectFile.path} ${labels.projectFile}:`));
    card.append(element("pre", "", request.projectFile.lines.join("\n")));
  }
  card.append(buttons(request));
  card.append(countdown(request.expiresAt));
  if (request.answers.some((answer) => typeof answer !== "string")) card.append(element("p", "left", labels.reach));
  card.setAttribute("aria-label", `${request.client} ${texts.actions[request.action]}`);
  return card;
}

function buttons(request: RequestCard): HTMLElement {
  const row = element("div", "buttons");
  const shownAt = Date.now();
  for (const answer of request.answers) {
    const button = document.createElement("button");
    button.textContent = answerText(answer);
    button.className = answer === "deny" ? "deny" : "allow";
    button.addEventListener("click", () => {
      if (answer !== "deny" && Date.now() - shownAt < ARMED_AFTER) return;
      host.postMessage({ kind: "answer", id: request.id, answer });
    });
    row.append(button);
  }
  return row;
}

function answerText(answer: Answer): string {
  if (typeof answer === "string") return texts.answers[answer];
  return answer.minutes === 15 ? texts.answers.minutes : texts.answers.hour;
}

function standingList(standing: readonly StandingCard[], isBusy: boolean): readonly HTMLElement[] {
  const { labels } = texts;
  const parts: HTMLElement[] = [];
  if (!isBusy && standing.length === 0) parts.push(element("p", "nothing", labels.nothing));
  if (standing.length > 0) parts.push(element("h3", "", labels.standing));
  for (const { id, context, command, expiresAt } of standing) {
    const row = element("div", "standing");
    const text = element("div");
    text.append(
      element("div", "context", context),
      element("div", command === undefined ? "" : "code", command ?? labels.allCommands),
    );
    text.append(expiresAt === undefined ? element("div", "left", labels.untilLock) : countdown(expiresAt));
    const end = document.createElement("button");
    end.className = "deny";
    end.textContent = labels.end;
    end.addEventListener("click", () => host.postMessage({ kind: "end", id }));
    row.append(text, end);
    parts.push(row);
  }
  if (isBusy || standing.length > 0) {
    const lock = document.createElement("button");
    lock.className = "deny lock";
    lock.textContent = labels.denyAll;
    lock.addEventListener("click", () => host.postMessage({ kind: "deny-all-and-lock" }));
    parts.push(lock);
  }
  return parts;
}

function countdown(until: number): HTMLElement {
  const left = element("div", "left");
  left.dataset.until = String(until);
  return left;
}

function tick(): void {
  for (const left of document.querySelectorAll<HTMLElement>("[data-until]")) {
    const seconds = Math.max(0, Math.round((Number(left.dataset.until) - Date.now()) / 1000));
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
    const clock = [...(hours > 0 ? [hours] : []), minutes, seconds % 60].map((part) => String(part).padStart(2, "0"));
    left.textContent = `${clock.join(":")} ${texts.labels.left}`;
  }
}

/** Text only: nothing of a request is ever taken for markup. */
function element(tag: string, kind = "", text?: string): HTMLElement {
  const made = document.createElement(tag);
  if (kind !== "") made.className = kind;
  if (text !== undefined) made.textContent = text;
  return made;
}

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`No element ${id}`);
  return found;
}
