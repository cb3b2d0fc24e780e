/** "block" redacts what looks like a credential; "warn" lets it through and says so. Both count. */
export type InterceptMode = "block" | "warn";

/** Reads OV_INTERCEPT_MODE; anything but "warn" blocks. */
export function interceptMode(text: string | undefined): InterceptMode {
  return text === "warn" ? "warn" : "block";
}
