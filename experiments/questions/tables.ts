/** How each question is asked for docs/questions.md, and what of its answer (`--out`) stands in the table. */
export interface Question {
  readonly id: string;
  readonly args: readonly string[];
  /** About, for one implementation. */
  readonly minutes: number;
  readonly head: readonly string[];
  rows(answer: Json): string[][];
  /** By which answers to the same question are compared. */
  readonly keyFigures: readonly { readonly name: string; read(answer: Json): number | null }[];
}

type Json = Readonly<Record<string, unknown>>;

/** What stands at a path such as `direct.after.newAnsweredCount`. */
function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((inner, key) => (inner === null || inner === undefined ? null : (inner as Json)[key]), value);
}

function numberAt(value: unknown, path: string): number | null {
  const found = at(value, path);
  return typeof found === 'number' ? found : null;
}

function listAt(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

function figure(value: number | null, unit = ''): string {
  if (value === null) return '–';
  return `${Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 6 })}${unit}`;
}

const mib = 2 ** 20;

/** The first start is that of an empty file cache. */
function ofStart(index: number, path: string): (answer: Json) => number | null {
  return (answer) => numberAt(listAt(answer, 'starts')[index], path);
}

const coldStart: Question = {
  id: 'cold-start',
  args: ['--rate', '100', '--starts', '2', '--duration', '40', '--empty-cache'],
  minutes: 2,
  head: ['start', 'first answer ms', 'lost', 'steady after s', 'ms CPU/request', 'dearer by ms', 'in requests'],
  rows: (answer) =>
    ['empty cache', 'second'].map((name, index) => [
      name,
      ...['firstRightMs', 'lostCount', 'steady.afterSec', 'steady.cpuPerRequestMs', 'steady.extraCpuMs']
        .concat('steady.extraRequestCount')
        .map((path) => figure(ofStart(index, path)(answer))),
    ]),
  keyFigures: [
    { name: 'first answer ms, empty cache', read: ofStart(0, 'firstRightMs') },
    { name: 'first answer ms, second start', read: ofStart(1, 'firstRightMs') },
    { name: 'steady after s, second start', read: ofStart(1, 'steady.afterSec') },
    { name: 'ms CPU/request, second start', read: ofStart(1, 'steady.cpuPerRequestMs') },
  ],
};

const overload: Question = {
  id: 'overload',
  args: ['--rate', '100'],
  minutes: 1.9,
  head: ['burst/s', 'times', 'in time/s', 'told so', 'left to die', 'well again after s', 'CPU again after s'],
  rows: (answer) => [
    [
      ...['plan.burstPerSec', 'factor', 'overload.burst.inTimePerSec', 'overload.notServed.refusedCount'],
      'overload.notServed.leftCount',
    ]
      .map((path) => figure(numberAt(answer, path)))
      .concat(
        ['overload.recoveredAfterSec', 'overload.cpuRecoveredAfterSec'].map((path) => {
          const value = numberAt(answer, path);
          return value === null ? 'never' : String(value);
        }),
      ),
  ],
  keyFigures: [
    { name: 'in time/s', read: (answer) => numberAt(answer, 'overload.burst.inTimePerSec') },
    { name: 'well again after s', read: (answer) => numberAt(answer, 'overload.recoveredAfterSec') },
  ],
};

const rightSize: Question = {
  id: 'right-size',
  args: ['--rate', '100', '--slo', 'p99=50ms'],
  minutes: 22,
  head: ['least MiB', 'untold MiB', 'least CPU', 'both: MiB', 'both: CPU', 'why less memory fails'],
  rows: (answer) => [
    [
      figure(mibAt(answer, 'memory.value')),
      figure(mibAt(answer, 'memoryUntold.value')),
      figure(numberAt(answer, 'cpu.value')),
      figure(mibAt(answer, 'both.limit.memoryBytes')),
      figure(numberAt(answer, 'both.limit.cpuCount')),
      String(at(answer, 'memory.reason') ?? '–'),
    ],
  ],
  keyFigures: [
    { name: 'least MiB', read: (answer) => mibAt(answer, 'memory.value') },
    { name: 'least CPU', read: (answer) => numberAt(answer, 'cpu.value') },
  ],
};

function mibAt(answer: Json, path: string): number | null {
  const bytes = numberAt(answer, path);
  return bytes === null ? null : bytes / mib;
}

const rollingRestart: Question = {
  id: 'rolling-restart',
  args: ['--rate', '100'],
  minutes: 1.2,
  head: ['lost', 'on their way', 'new answered', 'ended after ms', 'proxied: lost', 'late', 'tried again', 'gap ms'],
  rows: (answer) => [
    [
      ...['direct.lostCount', 'direct.inFlightCount', 'direct.after.newAnsweredCount', 'direct.drainMs'],
      ...['proxied.lostCount', 'proxied.lateCount', 'proxied.retriedCount', 'proxied.gapMs'],
    ].map((path) => figure(numberAt(answer, path))),
  ],
  keyFigures: [
    { name: 'lost without a proxy', read: (answer) => numberAt(answer, 'direct.lostCount') },
    { name: 'lost behind it', read: (answer) => numberAt(answer, 'proxied.lostCount') },
    { name: 'late', read: (answer) => numberAt(answer, 'proxied.lateCount') },
    { name: 'longest gap ms', read: (answer) => numberAt(answer, 'proxied.gapMs') },
  ],
};

function handshake(rate: unknown, habit: string): unknown {
  return listAt(rate, 'handshakes').find((one) => at(one, 'habit') === habit);
}

const churn: Question = {
  id: 'churn',
  args: ['--rate', '200', '--rounds', '3'],
  minutes: 3.8,
  head: ['rate/s', 'ms CPU/connection, each', 'range', 'ms CPU/connection, tenth', 'range'],
  rows: (answer) =>
    listAt(answer, 'rates').map((rate) => [
      figure(numberAt(rate, 'ratePerSec')),
      ...['each', 'tenth'].flatMap((habit) => {
        const cost = handshake(rate, habit);
        const [least, most] = [numberAt(cost, 'minCpuMs'), numberAt(cost, 'maxCpuMs')];
        return [figure(numberAt(cost, 'cpuMs')), `${figure(least)} to ${figure(most)}`];
      }),
    ]),
  keyFigures: [
    {
      name: 'ms CPU/connection at 200/s, each',
      read: (answer) => numberAt(handshake(listAt(answer, 'rates')[0], 'each'), 'cpuMs'),
    },
  ],
};

const garbage: Question = {
  id: 'garbage-collection',
  args: ['--rate', '100'],
  minutes: 0.8,
  head: ['collections per 1,000', 'pause µs/request', 'longest pause ms', 'KiB allocated/request'],
  rows: (answer) => [
    [
      figure(perThousand(answer)),
      figure(scaled(numberAt(answer, 'figures.pauseMsPerRequest'), 1_000)),
      figure(numberAt(answer, 'figures.longestPauseMs')),
      figure(scaled(numberAt(answer, 'figures.allocatedBytesPerRequest'), 1 / 1_024)),
    ],
  ],
  keyFigures: [
    { name: 'collections per 1,000', read: perThousand },
    { name: 'pause µs/request', read: (answer) => scaled(numberAt(answer, 'figures.pauseMsPerRequest'), 1_000) },
  ],
};

function perThousand(answer: Json): number | null {
  const count = numberAt(answer, 'figures.collectionCount');
  const requestCount = numberAt(answer, 'figures.requestCount');
  return count === null || requestCount === null || requestCount === 0 ? null : (1_000 * count) / requestCount;
}

function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}

export const questions: readonly Question[] = [coldStart, overload, rollingRestart, churn, garbage, rightSize];
