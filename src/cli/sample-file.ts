import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { MergedLoad } from '../k6/merge.ts';
import { HarnessError } from '../model/harness-error.ts';
import { type Measurement, type ProcessSample, processSampleSchema } from '../model/trial.ts';
import { parseJsonText } from '../os/json-text.ts';
import type { SpentResources } from './spent-text.ts';

/** What is larger loses its last digits when two are added. */
const number = z
  .number()
  .min(-(2 ** 53))
  .max(2 ** 53);

function isSeries(samples: readonly ProcessSample[]): boolean {
  return samples.every(
    ({ atMs, cpuUserMs, cpuSystemMs }, index) =>
      atMs >= (samples[index - 1]?.atMs ?? Number.NEGATIVE_INFINITY) &&
      [atMs, cpuUserMs, cpuSystemMs].every((one) => Math.abs(one) <= 2 ** 53),
  );
}

const sampleFileSchema = z.object({
  format: z.literal('paceline-sample'),
  version: z.literal(1),
  /** By the wall clock of the target's machine: what `atMs` of a sample counts from. */
  startedAtMs: number,
  spent: z.object({
    program: z.string(),
    sources: z.object({ cpu: z.string(), memory: z.string() }),
    samplingCoresUsed: z.number(),
    samples: z
      .array(processSampleSchema)
      .refine(isSeries, 'samples in the order of their time, of numbers that can be added'),
  }),
});

type SampleFile = z.infer<typeof sampleFileSchema>;

export function sampleFileText(startedAtMs: number, spent: SpentResources): string {
  return `${JSON.stringify({ format: 'paceline-sample', version: 1, startedAtMs, spent })}\n`;
}

/** Throws HarnessError bad-result-file that names the file. */
export async function readSample(path: string): Promise<SampleFile> {
  const remedy = 'name what `sample --out FILE` wrote';
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new HarnessError('bad-result-file', `cannot read ${path} (${error.code})`, remedy);
  });
  const checked = sampleFileSchema.safeParse(parsed(text));
  if (!checked.success) throw new HarnessError('bad-result-file', `${path} is no file of \`sample --out\``, remedy);
  return checked.data;
}

function parsed(text: string): unknown {
  try {
    return parseJsonText(text);
  } catch {
    return null;
  }
}

/** What a program spent in the window of a load. */
export interface SampledShare {
  readonly program: string;
  /** Samples are a second apart; between two of them CPU is taken as even. */
  readonly cpuMs: number;
  readonly userMs: number;
  readonly systemMs: number;
  readonly peakPrivateBytes: number | null;
  /** `atMs` counts from the opening of the window. */
  readonly samples: readonly ProcessSample[];
  readonly probe: NonNullable<Measurement['probe']>;
}

/** `offsetMs`: the sampler's clock minus the generators'. Throws HarnessError usage where the samples do not cover the window. */
export function spentInWindow(
  { startedAtMs, spent }: SampleFile,
  load: Pick<MergedLoad, 'startedAtMs' | 'plan'>,
  offsetMs: number,
): SampledShare {
  if (load.startedAtMs === null)
    throw new HarnessError('usage', 'the load sent nothing: it has no window', 'leave --sample out');
  const openMs = load.startedAtMs + offsetMs - startedAtMs;
  const closeMs = openMs + load.plan.measureMs;
  const { samples, program } = spent;
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || first.atMs > openMs || last.atMs < closeMs)
    throw new HarnessError(
      'usage',
      'the samples do not cover the window of the load',
      'sample from before the load until after it, and give --clock-offset where the clocks differ',
    );
  const within = samples.filter(({ atMs }) => atMs >= openMs && atMs <= closeMs);
  const [userMs, systemMs] = (['cpuUserMs', 'cpuSystemMs'] as const).map(
    (key) => cpuAt(samples, closeMs, key) - cpuAt(samples, openMs, key),
  ) as [number, number];
  const known = within.flatMap(({ anonBytes }) => anonBytes ?? []);
  return {
    program,
    ...{ cpuMs: userMs + systemMs, userMs, systemMs },
    samples: within.map((one) => ({ ...one, atMs: one.atMs - openMs })),
    probe: { ...spent.sources, sampleIntervalMs: 1_000, samplingCoresUsed: spent.samplingCoresUsed },
    peakPrivateBytes: known.length === 0 ? null : Math.max(...known),
  };
}

function cpuAt(samples: readonly ProcessSample[], atMs: number, key: 'cpuUserMs' | 'cpuSystemMs'): number {
  const next = Math.max(
    1,
    samples.findIndex((one) => one.atMs >= atMs),
  );
  const [before, after] = [samples[next - 1], samples[next]];
  if (before === undefined || after === undefined) return 0;
  const [low, high] = [before[key], after[key]];
  return low + ((high - low) * (atMs - before.atMs)) / Math.max(1, after.atMs - before.atMs);
}
