import { readFile, stat } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { HarnessError } from '../../src/model/harness-error.ts';
import { machineSchema } from '../../src/model/run-result.ts';
import { writeFileAtomically } from '../../src/store/write-file.ts';

const ms = z.number().nonnegative();
const count = z.int().nonnegative();

/** What was asked for: two recordings with the same are one, made on several days. */
const headerSchema = z.strictObject({
  kind: z.literal('header'),
  formatVersion: z.literal(1),
  mode: z.enum(['trials', 'slices']),
  workload: z.string(),
  implementations: z.array(z.string()).min(1),
  parameters: z.record(z.string(), z.union([z.number(), z.array(z.number())])),
  machine: machineSchema,
});

/** One time that the command ran. */
const sessionSchema = z.strictObject({
  kind: z.literal('session'),
  startedAt: z.string(),
  commit: z.string(),
  sourceHashes: z.record(z.string(), z.string()),
});

/** A fresh process under an unbroken load. */
const trialSchema = z.strictObject({
  kind: z.literal('trial'),
  session: count,
  round: count,
  implementation: z.string(),
  ratePerSec: z.number().positive(),
  warmupCount: count,
  warmupRatePerSec: z.number().positive(),
  status: z.enum(['ok', 'overloaded', 'invalid', 'failed']),
  startedAt: z.string(),
  /** From the copy of its database to its end. */
  wallMs: ms,
  slowdownFactor: z.number().nullable(),
  warmupConverged: z.boolean().nullable(),
  responseP50Ms: ms.nullable(),
  sentCount: count,
  /** When each reading was made, since the window opened, and the CPU of each role since the first reading. */
  atMs: z.array(z.number()),
  targetMs: z.array(ms),
  generatorMs: z.array(ms),
  /** Empty where the database is not ours to measure. */
  databaseMs: z.array(ms),
});

/** The readings after each whole second, from 0 on: the one that closes a window is none, nor are any behind one that is missing. */
export function atWholeSeconds(trial: TrialLine): TrialLine {
  const places: number[] = [];
  for (const [place, atMs] of trial.atMs.entries()) {
    if (Math.abs(atMs - 1000 * places.length) < maxReadingLagMs) places.push(place);
  }
  const kept = (values: readonly number[]) =>
    values.length === 0 ? [] : places.map((place) => values[place] ?? Number.NaN);
  const { atMs, targetMs, generatorMs, databaseMs } = trial;
  return {
    ...trial,
    ...{ atMs: kept(atMs), targetMs: kept(targetMs), generatorMs: kept(generatorMs), databaseMs: kept(databaseMs) },
  };
}

const maxReadingLagMs = 250;

/** A stretch of a round in which one target was driven, or none. */
const stretchSchema = z.strictObject({
  /** block: a second of an unbroken stretch, which follows the slices. */
  kind: z.enum(['rest', 'slice', 'gap', 'block']),
  /** Place in `implementations` of the round; null: nobody is driven. In a gap: who was driven last. */
  driven: count.nullable(),
  rotation: count.nullable(),
  /** The others were frozen meanwhile. */
  isAlone: z.boolean(),
  lengthMs: ms,
  sentCount: count,
  /** CPU of every target, in the order of `implementations`. */
  targetMs: z.array(ms),
  /** Of the driven one's generator. */
  generatorMs: ms,
  databaseMs: ms.nullable(),
  /** The driven one's, in the first quarter of a second; null: not read. */
  quarter: z.strictObject({ lengthMs: ms, targetMs: ms, sentCount: z.number() }).nullable(),
});

/** All implementations started fresh, warmed up, then driven by turns. */
const roundSchema = z.strictObject({
  kind: z.literal('round'),
  session: count,
  round: count,
  startedAt: z.string(),
  wallMs: ms,
  /** In the order of their start. */
  implementations: z.array(z.string()),
  slowdownFactor: z.number(),
  /** CPU of target and generator in the last quarter of the warm-up and in the one before, ms per request. */
  warmupCosts: z.array(z.tuple([ms, ms])),
  stretches: z.array(stretchSchema),
});

const lineSchema = z.discriminatedUnion('kind', [headerSchema, sessionSchema, trialSchema, roundSchema]);

export type Header = z.infer<typeof headerSchema>;
export type Session = z.infer<typeof sessionSchema>;
export type TrialLine = z.infer<typeof trialSchema>;
export type RoundLine = z.infer<typeof roundSchema>;
export type Stretch = z.infer<typeof stretchSchema>;

export interface ResolutionRecording {
  readonly path: string;
  readonly header: Header;
  readonly sessions: readonly Session[];
  readonly trials: readonly TrialLine[];
  readonly rounds: readonly RoundLine[];
}

/** Lines of JSON, compressed. Throws HarnessError bad-result-file. */
export async function readRecording(path: string): Promise<ResolutionRecording> {
  const packed = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error.code ?? 'unreadable');
  });
  const lines = linesOf(path, packed);
  const [header, ...rest] = lines;
  if (header?.kind !== 'header') throw unreadable(path, 'it does not begin with a header');
  return {
    path,
    header,
    sessions: rest.filter((line) => line.kind === 'session'),
    trials: rest.filter((line) => line.kind === 'trial'),
    rounds: rest.filter((line) => line.kind === 'round'),
  };
}

function linesOf(path: string, packed: Buffer): z.infer<typeof lineSchema>[] {
  try {
    const text = gunzipSync(packed).toString('utf8');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => lineSchema.parse(JSON.parse(line)));
  } catch (error) {
    throw unreadable(path, (error as Error).message.split('\n')[0] ?? '');
  }
}

function unreadable(path: string, why: string): HarnessError {
  return new HarnessError(
    'bad-result-file',
    `${path} is no recording: ${why}`,
    'name a file that `npm run record` made',
  );
}

/** Writes the whole file anew after each addition, so that it is whole at any moment. */
export interface RecordingWriter {
  readonly recording: ResolutionRecording;
  /** Bytes of the file. */
  readonly sizeBytes: number;
  add(lines: readonly (Session | TrialLine | RoundLine)[]): Promise<void>;
}

/** Goes on with the file where there is one. Throws HarnessError usage where it holds something else. */
export async function openRecording(path: string, header: Header): Promise<RecordingWriter> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  let recording: ResolutionRecording = { path, header, sessions: [], trials: [], rounds: [] };
  if (isThere) {
    recording = await readRecording(path);
    requireSame(path, recording.header, header);
  }
  let sizeBytes = 0;
  return {
    get recording() {
      return recording;
    },
    get sizeBytes() {
      return sizeBytes;
    },
    async add(lines) {
      recording = {
        ...recording,
        sessions: [...recording.sessions, ...lines.filter((line) => line.kind === 'session')],
        trials: [...recording.trials, ...lines.filter((line) => line.kind === 'trial')],
        rounds: [...recording.rounds, ...lines.filter((line) => line.kind === 'round')],
      };
      const { sessions, trials, rounds } = recording;
      const text = [recording.header, ...sessions, ...trials, ...rounds].map((line) => `${JSON.stringify(line)}\n`);
      const packed = gzipSync(text.join(''), { level: 9 });
      sizeBytes = packed.length;
      await writeFileAtomically(path, packed);
    },
  };
}

function requireSame(path: string, kept: Header, asked: Header): void {
  const fields = ['mode', 'workload', 'implementations', 'parameters'] as const;
  const different = fields.find((field) => JSON.stringify(kept[field]) !== JSON.stringify(asked[field]));
  const field = kept.machine.id === asked.machine.id ? different : 'machine';
  if (field === undefined) return;
  throw new HarnessError('usage', `${path} was recorded with another ${field}`, 'give this recording another --name');
}

/** To a thousandth of a millisecond, which is what the kernel counts. */
export function rounded(value: number): number {
  return Math.max(0, Math.round(value * 1000) / 1000);
}
