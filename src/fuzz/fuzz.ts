import type { HttpResponse } from '../conformance/client/http-client.ts';
import { exchangeRaw, type RawAnswer } from '../conformance/client/raw-exchange.ts';
import { parseJson } from '../conformance/vectors/expectation.ts';
import type { Variables } from '../conformance/vectors/vector.ts';
import type { FuzzCase, FuzzGrammar, FuzzStep } from '../model/fuzz.ts';
import { mayBeIncomplete, readRequestBytes } from '../model/request-bytes.ts';
import { createRandom } from '../stats/random.ts';
import { outcomeOf } from './outcome.ts';
import { shrink } from './shrink.ts';
import { compareOutcomes, type OutcomeGroup, type TargetOutcome } from './verdict.ts';

/** A running implementation, with the names its database is seeded with. */
export interface FuzzTarget {
  readonly implementation: string;
  readonly baseUrl: string;
  readonly variables: Variables;
}

export interface FuzzOptions {
  readonly grammar: FuzzGrammar;
  readonly targets: readonly FuzzTarget[];
  readonly seed: number;
  /** Requests to each target; the case that reaches it is the last. */
  readonly requestCount: number;
  readonly signal: AbortSignal;
  onFailure(failure: FuzzFailure): void;
}

export interface FuzzFailure {
  readonly class: string;
  /** Of the case in the stream of its seed, from 0. */
  readonly caseIndex: number;
  readonly reason: string;
  readonly groups: readonly OutcomeGroup[];
  /** The requests of the shrunk case, in Latin-1; the last one is answered unlike. */
  readonly requests: readonly string[];
}

interface ClassCount {
  readonly requestCount: number;
  /** Answered unlike, as the list allows. */
  readonly allowedCount: number;
  readonly failedCount: number;
}

export interface FuzzReport {
  readonly seed: number;
  readonly requestCount: number;
  readonly classes: Readonly<Record<string, ClassCount>>;
  /** How often each entry of the list set an implementation aside. */
  readonly allowed: Readonly<Record<string, number>>;
  /** One of each kind; `classes` counts them all. */
  readonly failures: readonly FuzzFailure[];
}

const answerMs = 3_000;
const listenMs = 80;
/** Failures of one kind are reported once, and beyond these nothing more is shrunk. */
const maxShrunkCount = 25;

type MutableCount = { -readonly [Key in keyof ClassCount]: ClassCount[Key] };

/** Sends the seed's stream of cases to every target and compares each answer. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { grammar, seed, requestCount, signal } = options;
  const performing: Performing = { ...options, performedCount: 0 };
  const random = createRandom(seed);
  const classes: Record<string, MutableCount> = {};
  const allowed: Record<string, number> = {};
  const failures = new Map<string, FuzzFailure>();
  let sentCount = 0;
  for (let caseIndex = 0; sentCount < requestCount; caseIndex++) {
    signal.throwIfAborted();
    const drawn = grammar.draw(random, caseIndex);
    classes[drawn.class] ??= { requestCount: 0, allowedCount: 0, failedCount: 0 };
    const count = classes[drawn.class] as MutableCount;
    const { compared, failure } = await performCase(drawn, performing);
    sentCount += compared.length;
    count.requestCount += compared.length;
    for (const ids of compared) {
      if (ids.length > 0) count.allowedCount += 1;
      for (const id of ids) allowed[id] = (allowed[id] ?? 0) + 1;
    }
    if (failure === null) continue;
    count.failedCount += 1;
    const kind = `${drawn.class} ${failure.reason} ${JSON.stringify(failure.groups)}`;
    if (failures.has(kind)) continue;
    const report = await describeFailure(drawn, caseIndex, failure, failures.size < maxShrunkCount, performing);
    failures.set(kind, report);
    options.onFailure(report);
  }
  return { seed, requestCount: sentCount, classes, allowed, failures: [...failures.values()] };
}

interface FoundFailure {
  readonly stepIndex: number;
  readonly reason: string;
  readonly groups: readonly OutcomeGroup[];
}

interface PerformedCase {
  /** Of each step sent: the entries of the list that were needed. */
  readonly compared: readonly (readonly string[])[];
  readonly failure: FoundFailure | null;
}

interface Performing extends FuzzOptions {
  /** Sendings of cases so far; names made of it are new in every database. */
  performedCount: number;
}

/** Ends at the first step that fails: what follows would differ because of it. */
async function performCase(drawn: FuzzCase, performing: Performing): Promise<PerformedCase> {
  const { targets, grammar } = performing;
  performing.performedCount += 1;
  const own = { case: String(performing.performedCount) };
  const variables = new Map(targets.map((target) => [target.implementation, { ...target.variables, ...own }]));
  const compared: (readonly string[])[] = [];
  let asked = targets;
  for (const [stepIndex, step] of drawn.steps.entries()) {
    const report = await Promise.all(
      asked.map((target) => askOne(target, step, variables.get(target.implementation) ?? {}, performing)),
    );
    const verdict = compareOutcomes(readRequestBytes(report[0]?.sent ?? ''), report, grammar);
    compared.push(verdict.kind === 'allowed' ? verdict.ids : []);
    // Who was set aside may have done what others have not: the steps behind would differ because of it.
    if (verdict.kind === 'allowed')
      asked = asked.filter(({ implementation }) => verdict.compared.includes(implementation));
    if (asked.length === 0) break;
    if (verdict.kind === 'different') {
      return { compared, failure: { stepIndex, reason: 'answered unlike', groups: verdict.groups } };
    }
    if (verdict.kind === 'wrong') return { compared, failure: { stepIndex, ...verdict } };
  }
  return { compared, failure: null };
}

async function askOne(
  { implementation, baseUrl }: FuzzTarget,
  step: FuzzStep,
  variables: Record<string, string>,
  { grammar, signal }: FuzzOptions,
): Promise<TargetOutcome & { readonly sent: string }> {
  const sent = requestText(step.template, variables);
  const bytes = Buffer.from(sent, 'latin1');
  const listening = step.listensOn === true ? { listenMs } : {};
  const hangsUp = mayBeIncomplete(readRequestBytes(sent));
  const answer = await exchangeRaw(baseUrl, bytes, { timeoutMs: answerMs, signal, hangsUp, ...listening });
  capture(answer, step.captures ?? {}, variables);
  return { implementation, outcome: outcomeOf(answer, grammar), sent };
}

function requestText(template: string, variables: Variables): string {
  const headEnd = template.indexOf('\r\n\r\n');
  if (headEnd < 0) return filled(template, { ...variables, bodyLength: '0' });
  const body = filled(template.slice(headEnd + 4), variables);
  return filled(template.slice(0, headEnd + 4), { ...variables, bodyLength: String(body.length) }) + body;
}

/** Unlike a vector's, a name that nothing has set stays as it stands: an odd request may look like that. */
function filled(text: string, variables: Variables): string {
  return text.replace(/\$\{(upper )?(\w+)\}/g, (whole, upper: string | undefined, name: string) => {
    const value = variables[name] ?? whole;
    return upper === undefined ? value : value.toUpperCase();
  });
}

/** What an answer does not have, a later step names all the same: it then asks for what nobody has. */
function capture(answer: RawAnswer, captures: NonNullable<FuzzStep['captures']>, into: Record<string, string>): void {
  for (const [name, place] of Object.entries(captures)) {
    const value = answer.kind === 'answered' ? valueAt(answer.response, place) : undefined;
    into[name] = typeof value === 'string' ? value : 'nothing';
  }
}

function valueAt(response: HttpResponse, place: string): unknown {
  if (place.startsWith('header.')) return response.headers.get(place.slice('header.'.length));
  return (parseJson(response) as Record<string, unknown> | undefined)?.[place];
}

async function describeFailure(
  drawn: FuzzCase,
  caseIndex: number,
  found: FoundFailure,
  shrinks: boolean,
  performing: Performing,
): Promise<FuzzFailure> {
  const wanted = JSON.stringify([found.reason, found.groups]);
  const stillFails = async (candidate: FuzzCase) => {
    const { failure } = await performCase(candidate, performing);
    const isLast = failure?.stepIndex === candidate.steps.length - 1;
    return isLast && JSON.stringify([failure.reason, failure.groups]) === wanted;
  };
  const smallest = shrinks
    ? await shrink(drawn, found.stepIndex, stillFails)
    : { ...drawn, steps: drawn.steps.slice(0, found.stepIndex + 1) };
  const requests = smallest.steps.map(({ template }) => template);
  return { class: drawn.class, caseIndex, reason: found.reason, groups: found.groups, requests };
}
