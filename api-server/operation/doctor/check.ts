/** One thing that was looked at. "warn" works all the same; "fail" is in the way, or loses data one day. */
export interface Check {
  readonly id: string;
  readonly state: "ok" | "warn" | "fail";
  readonly message: string;
  /** What the person does about it. */
  readonly next?: string;
}

/** A check that couldn't be made is one that failed. */
export async function settled(id: string, look: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await look();
  } catch (error) {
    const message = error instanceof Error ? error.message : "it can't be looked at";
    return [{ id, state: "fail", message, next: NEXT[id] ?? "Run this as the user that the server runs as." }];
  }
}

const NEXT: Readonly<Record<string, string>> = {
  database: "Start the server once, or see whether the database runs and DATABASE_URL is right.",
  tls: "Give the certificate and key as PEM files that belong together.",
};
