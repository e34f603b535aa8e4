import type { RunResult } from '../../src/model/run-result.ts';

const character = (...codes: readonly number[]) => String.fromCodePoint(...codes);
const esc = character(0x1b);

/** Texts that act where they are printed as they are: on a terminal, in Markdown, HTML, a table, a spreadsheet, a path. */
export const corpus: Readonly<Record<string, string>> = {
  'raw escapes': `${esc}[2J${esc}[1A${esc}[8mhidden${esc}[0m${esc}]0;title${character(7)}`,
  'the clipboard (OSC 52)': `${esc}]52;c;cm0gLXJmIH4=${character(7)}`,
  'C1 controls': `${character(0x9b)}31m${character(0x9d)}52;c;eA==${character(0x9c)}`,
  'bell, backspace, NUL': `x${character(7)}${character(8)}${character(0)}${character(0x7f)}`,
  'direction overrides': `${character(0x202e)}txt.exe${character(0x2066)}y${character(0x200f)}`,
  'invisible characters': `${character(0xfeff)}a${character(0x200b)}b${character(0xad)}c${character(0xe0041)}`,
  'line separators': `a${character(0x2028)}b${character(0x2029)}c${character(0x85)}d`,
  'half a surrogate pair': `a${character(0xd800)}b`,
  markup: `</script><script>alert(1)</script><img src=x onerror=alert(1)><b title="x">&lt;i&gt;'`,
  Markdown: '`a` **b** [c](javascript:d) ![e](http://f) ~~g~~ $h$ &#60;script&#62; <!-- @everyone #1',
  'the end of a fold': '</details></summary><script>alert(2)</script>',
  'pipes and fences': 'a | b || c\n```\n# d\n| --- |\n',
  'lines of its own': 'a\nINJECTED\r\nINJECTED\rINJECTED\n# INJECTED\nBenchmarkINJECTED 1 2 sec',
  'a formula': '=cmd|"/c calc"!A1',
  'a formula behind a tab': '\t=1+1',
  'a formula behind a carriage return': '\r@SUM(1)',
  'a comment that ends': '--> <x> ]]> --- -->',
  'a word of a megabyte': 'w'.repeat(1_000_000),
  'many words': 'word '.repeat(100_000),
  'a path out': '../../../../tmp/evil',
};

/** The longest text that is put into every field; longer ones go where one is enough. */
const maxEverywhere = 2_000;
const longKeys: ReadonlySet<string> = new Set(['subject', 'cpuModel', 'logTail', 'reason']);

/** Keys whose values belong to the format, or have a form of their own that the reader of the file checks. */
const formal: ReadonlySet<string> = new Set([
  ...['status', 'state', 'kind', 'temperature', 'arrivals', 'service', 'language', 'role', 'phase', 'hdrHistogram'],
  ...[
    'durability',
    'fault',
    'engine',
    'loop',
    'primitive',
    'startedAt',
    'finishedAt',
    'name',
    'versionCommand',
    'sources',
    'id',
  ],
  ...['requires', 'runtime', 'implementation', 'workload'],
]);

/** A result in which every text that a file may choose freely ends in `text`, beginnings included where asked. */
export function poisoned(result: RunResult, whole: string): RunResult {
  const text = whole.slice(0, maxEverywhere);
  const poison = (value: unknown, key: string): unknown => {
    if (typeof value === 'string' && longKeys.has(key)) return `${whole}${value}${whole}`;
    if (typeof value === 'string') return formal.has(key) ? value : `${text}${value}${text}`;
    if (Array.isArray(value)) return value.map((item) => poison(item, key));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poison(item, name)]));
  };
  return poison(result, '') as RunResult;
}

/** Also the names that a file of this version may not choose freely: no output relies on who has read it. */
export function renamed(result: RunResult, whole: string): RunResult {
  const text = whole.slice(0, maxEverywhere);
  const made = poisoned(result, whole);
  const rename = (name: string) => `${text}${name}`;
  return {
    ...made,
    machine: { ...made.machine, id: rename('m'), systemSettings: { [rename('setting')]: text } },
    scenario: {
      ...made.scenario,
      id: rename('quick'),
      entries: made.scenario.entries.map((entry) => ({ ...entry, workload: rename(entry.workload) })),
    },
    workloads: made.workloads.map((workload) => ({ ...workload, id: rename(workload.id) })),
    implementations: made.implementations.map((preparation) => ({
      ...preparation,
      manifest: { ...preparation.manifest, id: rename(preparation.manifest.id) },
    })),
    trials: made.trials.map((trial) => ({
      ...trial,
      spec: { ...trial.spec, implementation: rename(trial.spec.implementation), workload: rename(trial.spec.workload) },
    })),
  };
}
