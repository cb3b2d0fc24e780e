import { apiConformance } from "./conformance.ts";
import { startPostgres } from "./postgres.ts";

const postgres = await startPostgres();

apiConformance("PostgreSQL", async () => ({ databaseUrl: await postgres.newDatabase() }));
