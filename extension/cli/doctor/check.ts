/** One thing that was looked at. "warn" works all the same; "fail" is in the way. */
export interface Check {
  readonly id: string;
  readonly state: "ok" | "warn" | "fail";
  readonly message: string;
  /** What the person does about it. */
  readonly next?: string;
}
