import type { DatabaseServer, DatabaseServerOptions } from './database-server.ts';
import { openEmbeddedServer } from './embedded-server.ts';
import { openExternalServer } from './external-server.ts';

/** Errors: HarnessError `database-unavailable` or `disk-full`. */
export async function openDatabaseServer(options: DatabaseServerOptions): Promise<DatabaseServer> {
  if (options.databaseUrl !== null) return openExternalServer(options.databaseUrl);
  return openEmbeddedServer(options);
}
