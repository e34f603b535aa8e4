import type { Connect, Connection, ConnectionListener } from '../../src/load/transport/pool.ts';
import type { WorkloadRequest, WorkloadResponse } from '../../src/model/workload.ts';
import type { Clock } from '../../src/os/clock.ts';

/** What a target of the tests does with its n-th request (from 0), which reached it at `nowNs`. */
export type Behaviour = (index: number, nowNs: number) => Fate;

type Fate =
  | { readonly kind: 'answer'; readonly afterNs: number; readonly status?: number; readonly isLast?: boolean }
  | { readonly kind: 'close'; readonly afterNs: number }
  /** The connection was dead before anything was sent on it. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'never' };

export interface VirtualTarget {
  readonly connect: Connect;
  /** When each request reached the target. */
  readonly arrivalsNs: number[];
  readonly openCount: () => number;
  readonly mostOpenCount: () => number;
}

/** A target on virtual time: connections open after `connectNs` (or are refused) and requests meet `behaviour`. */
export function createVirtualTarget(
  clock: Clock,
  behaviour: Behaviour,
  { connectNs = 0, isRefusing = () => false }: { connectNs?: number; isRefusing?: () => boolean } = {},
): VirtualTarget {
  const arrivalsNs: number[] = [];
  let openCount = 0;
  let mostOpenCount = 0;

  const connect = (listener: ConnectionListener) => {
    let isOver = false;
    const later = (afterNs: number, callback: () => void) =>
      clock.at(clock.nowNs() + afterNs, () => {
        if (!isOver) callback();
      });
    const end = () => {
      if (!isOver) openCount--;
      isOver = true;
    };
    openCount++;
    mostOpenCount = Math.max(mostOpenCount, openCount);
    later(connectNs, () => {
      if (!isRefusing()) return listener.onOpen(connection);
      end();
      listener.onClose(connection, 'ECONNREFUSED');
    });
    const meet = (fate: Fate) => {
      if (fate.kind === 'answer') {
        later(fate.afterNs, () => {
          if (fate.isLast) end();
          listener.onAnswer(connection, answerOf(fate.status ?? 200), !fate.isLast, clock.nowNs());
        });
      } else if (fate.kind === 'close') {
        later(fate.afterNs, () => {
          end();
          listener.onClose(connection, 'closed before the answer');
        });
      }
    };
    const send = (_request: WorkloadRequest) => {
      const fate = behaviour(arrivalsNs.length, clock.nowNs());
      if (fate.kind === 'stale') return false;
      arrivalsNs.push(clock.nowNs());
      meet(fate);
      return true;
    };
    const connection: Connection = { send, destroy: end, exchange: null, state: 'opening', answeredCount: 0 };
    return connection;
  };
  return { connect, arrivalsNs, openCount: () => openCount, mostOpenCount: () => mostOpenCount };
}

function answerOf(status: number): WorkloadResponse {
  return { status, body: new Uint8Array(0), header: () => null };
}
