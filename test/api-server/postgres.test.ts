import { apiConformance } from "./conformance.ts";
import { startPostgres } from "./postgres.ts";
import { sharingConformance } from "./sharing-conformance.ts";

const postgres = await startPostgres();

apiConformance("PostgreSQL", async () => ({ databaseUrl: await postgres.newDatabase() }));
sharingConformance("PostgreSQL", async () => ({ databaseUrl: await postgres.newDatabase() }));
