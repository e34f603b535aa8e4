// A build step: fills NODE_COMPILE_CACHE with what the given scripts load, so that none of a program's threads and processes strips
// types again, or holds in memory what strips them. Each script ends at once, for want of orders.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const { NODE_COMPILE_CACHE = '' } = process.env;

for (const script of process.argv.slice(2)) {
  const { signal, error } = spawnSync(process.execPath, [script], {
    env: { NODE_COMPILE_CACHE },
    stdio: 'ignore',
    timeout: 30_000,
  });
  if (error !== undefined || signal !== null) throw new Error(`${script} did not end by itself`);
}
if (readdirSync(NODE_COMPILE_CACHE, { recursive: true }).length < 10)
  throw new Error(`${NODE_COMPILE_CACHE} was not filled`);
