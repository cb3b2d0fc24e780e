import { apiConformance } from "./conformance.ts";
import { sharingConformance } from "./sharing-conformance.ts";

apiConformance("SQLite", async () => ({}));
sharingConformance("SQLite", async () => ({}));
