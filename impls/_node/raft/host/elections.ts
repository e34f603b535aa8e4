import type { RoleReport } from './runner.ts';

/** From a leader's crash to its successor's first heartbeat at every other live node: see the contract, section 9. */
interface Election {
  readonly number: number;
  readonly crashedId: number;
  readonly crashedTerm: number;
  readonly crashedAtUs: number;
  readonly liveCount: number;
  readonly leader: number | null;
  readonly term: number | null;
  readonly electedAtUs: number | null;
  readonly completedAtUs: number | null;
  readonly electionUs: number | null;
  readonly terms: number | null;
}

interface Crash {
  readonly id: number;
  readonly term: number;
  readonly atUs: number;
}

export interface ElectionLog {
  /** A leader was crashed; `liveIds` are the nodes neither crashed nor isolated. */
  opened(crash: Crash, liveIds: readonly number[]): void;
  /** Another node crashed: its word is waited for no longer. */
  lost(id: number): void;
  /** The cluster changed otherwise: an election under way can no longer be timed. */
  disturbed(): void;
  reported(id: number, report: RoleReport): void;
  /** Those with a greater number, oldest first. */
  after(number: number): readonly Election[];
}

const keptCount = 10_000;
const answeredCount = 1_000;

export function createElectionLog(): ElectionLog {
  let elections: Election[] = [];
  let number = 0;
  let underWay: { readonly crash: Crash; readonly liveIds: readonly number[] } | null = null;
  const reports = new Map<number, RoleReport>();

  function complete(): void {
    if (underWay === null) return;
    const { crash, liveIds } = underWay;
    const found = successOf(crash.term, liveIds, reports);
    const last = elections.at(-1);
    if (found === null || last === undefined) return;
    elections[elections.length - 1] = {
      ...last,
      ...found,
      electionUs: found.completedAtUs - crash.atUs,
      terms: found.term - crash.term,
    };
    underWay = null;
  }

  return {
    opened(crash, liveIds) {
      number += 1;
      elections.push(pending(number, crash, liveIds.length));
      if (elections.length > keptCount) elections = elections.slice(-keptCount);
      underWay = { crash, liveIds };
      complete();
    },
    lost(id) {
      if (underWay === null) return;
      underWay = { ...underWay, liveIds: underWay.liveIds.filter((liveId) => liveId !== id) };
      complete();
    },
    disturbed() {
      underWay = null;
    },
    reported(id, report) {
      reports.set(id, report);
      complete();
    },
    after: (after) => elections.filter((election) => election.number > after).slice(0, answeredCount),
  };
}

function pending(number: number, { id, term, atUs }: Crash, liveCount: number): Election {
  return {
    number,
    crashedId: id,
    crashedTerm: term,
    crashedAtUs: atUs,
    liveCount,
    leader: null,
    term: null,
    electedAtUs: null,
    completedAtUs: null,
    electionUs: null,
    terms: null,
  };
}

/** A leader of a later term that every live node has heard of; null: not yet. */
function successOf(crashedTerm: number, liveIds: readonly number[], reports: ReadonlyMap<number, RoleReport>) {
  for (const id of liveIds) {
    const report = reports.get(id);
    if (report?.role !== 'leader' || report.term <= crashedTerm) continue;
    const { term, atUs: electedAtUs } = report;
    const heard = liveIds.map((liveId) => reports.get(liveId)).filter((one) => one?.term === term && one.leader === id);
    if (heard.length < liveIds.length) continue;
    const completedAtUs = Math.max(...heard.map((one) => one?.atUs ?? 0));
    return { leader: id, term, electedAtUs, completedAtUs };
  }
  return null;
}
