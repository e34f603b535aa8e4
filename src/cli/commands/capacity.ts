import { type Command, InvalidArgumentError } from 'commander';
import { askOnce } from '../../os/ask-once.ts';
import { type CapacityContext, type CapacityTarget, openImplementation, openUrl } from '../../run/capacity/capacity.ts';
import { minRatePerSec, type Objective } from '../../run/capacity/objective.ts';
import { type Capacity, type RateStep, searchCapacity } from '../../run/capacity/search.ts';
import { requestOf } from '../../run/request-workload.ts';
import { machineBaseline } from '../baseline-file.ts';
import type { CommandContext } from '../context.ts';
import { assertAllowed, type LoadFlags, loadRequestOf } from '../load-request.ts';
import { collect, collectChecked, oneOf, positiveNumber, secondsOption } from '../options.ts';

interface CapacityFlags {
  readonly slo: Objective;
  readonly workload?: string;
  readonly impls?: string[];
  readonly duration: number;
  readonly start?: number;
  readonly allow?: string[];
  readonly json?: boolean;
}

/** `paceline capacity IMPL --slo p99=50ms`: the highest rate at which a latency holds. */
export function addCapacity(program: Command, context: CommandContext): void {
  program
    .command('capacity')
    .description('the highest fixed rate at which an implementation (or a URL) keeps a latency')
    .argument('<target>', 'an implementation such as crud-go, or an http URL')
    .requiredOption('--slo <objective>', 'p50, p90, p99 or p999 of the response, as p99=50ms', objective)
    .option('--workload <id>', "a workload of the implementation's service (default: history, else its first)")
    .option('--impls <dir>', 'look for implementations in this folder too (repeatable)', collect)
    .option('--duration <s>', 'seconds of one step; longer where the quantile needs more requests', secondsOption, 5)
    .option('--start <n>', 'the first rate (default: an eighth of what a closed loop reaches)', positiveNumber)
    .option('--allow <limit>', 'remote: a URL that is not this machine', collectChecked(oneOf('limit', ['remote'])))
    .option('--json', 'as JSON on standard output; people’s text goes to standard error')
    .addHelpText('after', help)
    .action(async (target: string, flags: CapacityFlags) => {
      context.exitCode = await capacity(target, flags, context);
    });
}

const help = `
How: autocannon saturates the target in a closed loop (50 connections): the upper bracket. Then paceline's own generator tries
fixed rates: doubling until one fails, bisecting to 5 %, and confirming: the rate must hold three times, a tenth more must fail
in two of three. A step that the generator cannot answer for is unknown and never counts against the target. The search goes
down to the rate at which a step lasts a minute (p50 2/s, p90 4/s, p99 19/s, p999 184/s), or --duration where that is longer.

Exit codes: 0 found, 3 cannot be measured here (or unconfirmed: the machine is too noisy), 2 usage

Examples:
  npm run bench -- capacity crud-go --slo p99=50ms
  npm run bench -- capacity crud-node-async --workload authenticate --slo p90=10ms --duration 10
  npm run bench -- capacity http://127.0.0.1:8080/ --slo p99=5ms --start 500`;

const quantiles = ['p50', 'p90', 'p99', 'p999'] as const satisfies readonly Objective['quantile'][];
const unitMs: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3 };

/** `p99=50ms` */
export function objective(text: string): Objective {
  const [, name, value, unit = 'ms'] = /^(\w+)=(\d+(?:\.\d+)?)(us|ms|s)$/.exec(text) ?? [];
  const quantile = quantiles.find((known) => known === name);
  const limitMs = Number(value) * (unitMs[unit] ?? Number.NaN);
  if (quantile === undefined || !(limitMs > 0))
    throw new InvalidArgumentError(`It must be one of ${quantiles.join(', ')} with a time, as p99=50ms.`);
  return { quantile, limitMs };
}

const precisionRatio = 0.05;
/** Of the closed loop's figure: far enough below for the first step to be sustained. */
const startFraction = 1 / 8;

async function capacity(name: string, flags: CapacityFlags, context: CommandContext): Promise<number> {
  const say = (text: string) => context.stderr.print(`${text}\n`);
  const capacityContext: CapacityContext = {
    ...{ signal: context.signal, env: context.env, objective: flags.slo, measureMs: flags.duration * 1000 },
    onStep: say,
  };
  const target = await openTarget(name, flags, context, capacityContext);
  try {
    const closed = await target.measureClosedLoop();
    say(
      `closed loop (autocannon): ${closed.answeredPerSec.toFixed(0)}/s, ${(100 * closed.badAnswerRatio).toFixed(1)} % not right, ${closed.unansweredCount} unanswered`,
    );
    const steps: RateStep[] = [];
    const found = await searchCapacity({
      startRatePerSec: flags.start ?? Math.max(1, Number((closed.answeredPerSec * startFraction).toPrecision(2))),
      precisionRatio,
      minRatePerSec: minRatePerSec(flags.slo, capacityContext.measureMs),
      tryRate: async (ratePerSec) => {
        context.signal.throwIfAborted();
        const step = await target.tryRate(ratePerSec);
        steps.push(step);
        say(`${ratePerSec}/s: ${step.status}: ${step.reason}`);
        return step;
      },
    });
    const people = flags.json ? context.stderr : context.stdout;
    people.print(
      `${outcomeText(name, flags.slo, found)}; a closed loop reaches ${closed.answeredPerSec.toFixed(0)}/s\n`,
    );
    if (flags.json) {
      const report = { target: name, objective: flags.slo, closedLoop: closed, capacity: found, steps };
      context.stdout.write(`${JSON.stringify(report)}\n`);
    }
    return found.status === 'found' ? 0 : 3;
  } finally {
    await target.close();
  }
}

async function openTarget(
  name: string,
  flags: CapacityFlags,
  context: CommandContext,
  capacityContext: CapacityContext,
): Promise<CapacityTarget> {
  if (!/^https?:/.test(name)) {
    return openImplementation(
      { id: name, implementationDirs: flags.impls ?? [], workload: flags.workload ?? null },
      { ...capacityContext, project: await context.loadProject() },
    );
  }
  const request = await loadRequestOf(name, { ...plainLoad, rate: flags.start ?? 1, duration: flags.duration });
  assertAllowed(request, await machineBaseline(context.folders), flags.allow ?? []);
  const { origin, spec, loadPlan } = request;
  await askOnce(origin, requestOf(spec), { timeoutMs: loadPlan.timeoutMs, signal: capacityContext.signal });
  return openUrl(origin, spec, capacityContext);
}

const plainLoad: Omit<LoadFlags, 'rate' | 'duration'> = {
  ...{ arrivals: 'constant', connections: 64, threads: 1, timeout: 5, warmup: 0, seed: 1 },
};

function outcomeText(name: string, { quantile, limitMs }: Objective, found: Capacity): string {
  const slo = `${quantile} ≤ ${limitMs} ms`;
  switch (found.status) {
    case 'found':
      return `${name} keeps ${slo} up to ${found.ratePerSec}/s (three times of three; ${found.failedRatePerSec}/s failed)`;
    case 'at-least':
      return `${name} keeps ${slo} at ${found.ratePerSec}/s; above that this machine cannot measure: ${found.reason}`;
    case 'below':
      return `${name} does not keep ${slo} even at ${found.ratePerSec}/s: ${found.reason}`;
    case 'unconfirmed':
      return `${name} kept ${slo} once at about ${found.ratePerSec}/s, but not each time: ${found.reason}`;
    case 'unknown':
      return `whether ${name} keeps ${slo} cannot be measured here: ${found.reason}`;
  }
}
