import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { HarnessError } from '../model/harness-error.ts';
import { type InstanceSummary, planSchema } from './merge.ts';
import { boundsMs, planMark } from './plan.ts';

/** An exported script, as far as an import needs it. */
interface ExportedScript {
  readonly plan: InstanceSummary['plan'];
  readonly declared: string;
  readonly actual: string;
}

/** Throws HarnessError bad-result-file for a file that is no exported script. */
export function readScript(text: string, source: string): ExportedScript {
  const end = text.indexOf('\n');
  const line = text.slice(end + 1, text.indexOf('\n', end + 1));
  const plan = planSchema.safeParse(line.startsWith(planMark) ? parsed(line.slice(planMark.length)) : null);
  if (!plan.success)
    throw new HarnessError(
      'bad-result-file',
      `${source} is no script of \`export k6\``,
      'name the script.js that was run',
    );
  const actual = createHash('sha256')
    .update(text.slice(end + 1))
    .digest('hex');
  return { plan: plan.data, declared: text.slice(0, end).split(' ').at(-1) ?? '', actual };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

interface Row {
  readonly metric_name: string;
  readonly metric_value: string;
  readonly extra_tags?: string;
  readonly scenario?: string;
}

const gauges = ['paceline_started_at_ms', 'paceline_k6_version'];

/** What `k6 run --out csv=FILE` wrote in one of `instanceCount` equal parts. Throws HarnessError bad-result-file that names the file. */
export async function readCsvInstance(
  path: string,
  { plan, declared, actual }: ExportedScript,
  { index, instanceCount }: { readonly index: number; readonly instanceCount: number },
): Promise<InstanceSummary> {
  const counts: Record<string, number> = {};
  const own = `script=${actual.slice(0, 12)}`;
  try {
    for await (const row of rowsOf(path)) {
      const { metric_name: name, metric_value: value } = row as Row;
      if (!name.startsWith('paceline_') && name !== 'dropped_iterations') continue;
      if (!(row as Row).extra_tags?.includes(own)) throw foreign(path, `${name} is not of this script`);
      if (name.startsWith('paceline_exact_')) continue;
      if (name === 'dropped_iterations' && (row as Row).scenario === 'warm_up') continue;
      const amount = value === '' ? Number.NaN : Number(value);
      if (!Number.isSafeInteger(amount) || amount < 0) throw foreign(path, `"${value}" is no count of ${name}`);
      counts[name] = gauges.includes(name) ? amount : (counts[name] ?? 0) + amount;
    }
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    throw foreign(path, (error as Error).message);
  }
  if (Object.keys(counts).length === 0) throw foreign(path, 'it has no counter of an exported script');
  const segment = `${index}/${instanceCount}:${index + 1}/${instanceCount}`;
  return {
    ...{ format: 'paceline-k6', version: 1, script: { declared, actual }, plan, segment },
    ...{ boundsMs: [...boundsMs], counts, exact: {}, source: path },
  };
}

function rowsOf(path: string): AsyncIterable<unknown> {
  const file = createReadStream(path);
  const text = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  const rows = text.pipe(parse({ columns: true }));
  file.on('error', (error) => rows.destroy(error));
  text.on('error', (error) => rows.destroy(error));
  return rows;
}

function foreign(path: string, reason: string): HarnessError {
  return new HarnessError(
    'bad-result-file',
    `${path} is no CSV of this script: ${reason}`,
    'name what `k6 run --out csv=FILE` wrote, and its script with --script',
  );
}
