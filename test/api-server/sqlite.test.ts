import { apiConformance } from "./conformance.ts";

apiConformance("SQLite", async () => ({}));
