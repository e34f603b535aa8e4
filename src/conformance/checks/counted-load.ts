import type { LoadCounts } from '../../model/load-result.ts';
import type { CountedLoadRecord } from '../../model/run-result.ts';
import type { CountedLoad } from '../../model/service.ts';
import { type CheckResult, checkResult } from './check-result.ts';
import type { StatementCalls } from './statement-budget.ts';

/** What was seen of an implementation under a load that nobody ranks. */
export interface CountedLoadObservation {
  /** Requests with a right answer, by operation. */
  readonly okByOperation: Readonly<Record<string, number>>;
  readonly counts: LoadCounts;
  /** What went wrong, most frequent first. */
  readonly errors: readonly { readonly reason: string; readonly count: number }[];
  /** null: this database cannot count them. */
  readonly statements: readonly StatementCalls[] | null;
  readonly maxConnectionCount: number;
  readonly connectionLimit: number;
  /** `name=value` of settings of its sessions, its role or its database that are not the server's; null: could not be read. */
  readonly changedSettings: readonly string[] | null;
}

/** Connections are opened late and a queue is looked at now and then: less than one statement in twenty. */
const toleranceRatio = 0.05;

/** As many statements as the operations cost by contract, not more and not fewer; connections and settings as every other's. */
export function judgeCountedLoad(
  observed: CountedLoadObservation,
  { statementsByOperation }: CountedLoad,
  neverCounted: readonly RegExp[],
): { readonly record: CountedLoadRecord; readonly checks: readonly CheckResult[] } {
  const { okByOperation, counts, maxConnectionCount, connectionLimit, changedSettings } = observed;
  const operations = Object.entries(okByOperation);
  const unknown = operations.map(([name]) => name).filter((name) => statementsByOperation[name] === undefined);
  const expected = (bound: 'min' | 'max') =>
    operations.reduce((sum, [name, count]) => sum + count * (statementsByOperation[name]?.[bound] ?? 0), 0);
  const requestCount = operations.reduce((sum, [, count]) => sum + count, 0);
  const statementCount = countedCalls(observed.statements, neverCounted);
  const perRequest = (count: number) => Math.round((1000 * count) / Math.max(1, requestCount)) / 1000;
  const record: CountedLoadRecord = {
    requestCount,
    statementsPerRequest: statementCount === null ? null : perRequest(statementCount),
    minStatementsPerRequest: perRequest(expected('min')),
    maxStatementsPerRequest: perRequest(expected('max')),
    maxConnectionCount,
    connectionLimit,
    changedSettings: changedSettings === null ? null : [...changedSettings],
  };
  return {
    record,
    checks: [
      checkResult('every answer is right', counts.wrongCount === 0, wrongText(observed)),
      checkResult('the service declares what each operation costs', unknown.length === 0, unknown.join(', ')),
      ...(statementCount === null ? [] : [statementCheck(statementCount, expected('min'), expected('max'), record)]),
      checkResult(
        'it holds no more connections than it was given',
        maxConnectionCount <= connectionLimit,
        `${maxConnectionCount} at once, allowed are ${connectionLimit}`,
      ),
      ...(changedSettings === null
        ? []
        : [
            checkResult(
              'its sessions have the server’s settings',
              changedSettings.length === 0,
              changedSettings.join(', '),
            ),
          ]),
    ],
  };
}

function wrongText({ counts, errors }: CountedLoadObservation): string {
  const examples = errors.slice(0, 3).map(({ reason, count }) => `${count} × ${reason}`);
  return `${counts.wrongCount} wrong${examples.length === 0 ? '' : `: ${examples.join('; ')}`}`;
}

function countedCalls(statements: readonly StatementCalls[] | null, neverCounted: readonly RegExp[]): number | null {
  if (statements === null) return null;
  const counted = statements.filter(({ query }) => !neverCounted.some((pattern) => pattern.test(query)));
  return counted.reduce((sum, { callCount }) => sum + callCount, 0);
}

function statementCheck(count: number, min: number, max: number, record: CountedLoadRecord): CheckResult {
  const isRight = count >= min * (1 - toleranceRatio) && count <= max * (1 + toleranceRatio);
  const { statementsPerRequest, minStatementsPerRequest, maxStatementsPerRequest, requestCount } = record;
  const detail = `${statementsPerRequest} a request over ${requestCount} requests, the contract's are ${minStatementsPerRequest} to ${maxStatementsPerRequest}`;
  return checkResult('it sends as many statements as its contract says', isRight, detail);
}
