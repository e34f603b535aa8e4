import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceDatabase } from '../../src/model/service.ts';

/** A service of one table, for what does not depend on the size of the data. */
export const smallDatabase: ServiceDatabase = {
  schemaFile: 'schema.sql',
  seedStatements: (seed) => [
    {
      sql: 'INSERT INTO things (name) SELECT name || $1 FROM unnest($2::text[]) AS given (name)',
      values: [`-${seed}`, ['a', 'b', 'c']],
    },
  ],
  invariants: [],
};

/** A folder with that schema, and a way to be rid of it. */
export function smallSchema(): { path: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'small-service-'));
  const path = join(directory, 'schema.sql');
  writeFileSync(path, 'CREATE TABLE things (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);');
  return { path, remove: () => rmSync(directory, { recursive: true }) };
}
