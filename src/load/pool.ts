import type { WorkloadRequest, WorkloadResponse } from '../model/workload.ts';
import type { Clock } from './clock.ts';

/** One request on its way; made by the sender, carried by the pool. */
export interface Exchange {
  readonly request: WorkloadRequest;
  /** When the sender handed it over. */
  readonly wokeNs: number;
  /** When it was written to a connection; NaN until then. Equal to `wokeNs` when a connection was free. */
  sentNs: number;
  /** The pool's: the connection that carries it; null while it waits and after its end. */
  lane: Lane | null;
  /** The pool's. */
  isCancelled: boolean;
}

/** What a pool tells of its exchanges: `onSent` at most once, then one of the others, unless cancelled. */
export interface PoolListener<E extends Exchange> {
  onSent(exchange: E): void;
  onAnswer(exchange: E, answer: WorkloadResponse, nowNs: number): void;
  onFailure(exchange: E, reason: string, nowNs: number): void;
}

/** One connection to the target, able to carry one request at a time. */
export interface Connection {
  /** Writes the whole request. False when the connection turns out to be dead and no byte of it has left. */
  send(request: WorkloadRequest): boolean;
  /** No more is heard of it. */
  destroy(): void;
}

/** Never called from within `connect`, `send` or `destroy`. */
export interface ConnectionListener {
  onOpen(): void;
  /** `isReusable`: it may carry another request; if not, it has closed and `onClose` does not follow. */
  onAnswer(answer: WorkloadResponse, isReusable: boolean): void;
  /** The end, also when it never opened. */
  onClose(reason: string): void;
}

export type Connect = (listener: ConnectionListener) => Connection;

export interface PoolStats {
  readonly openedCount: number;
  readonly staleRetryCount: number;
}

export interface Pool<E extends Exchange> {
  /** Who is told from now on. */
  listen(listener: PoolListener<E>): void;
  /** Sends now if a connection is free, else as soon as one is. */
  submit(exchange: E): void;
  /** Gives an exchange up: nothing more is told of it, and a connection that carries it is closed. */
  cancel(exchange: E): void;
  /** Whether a connection is being opened. */
  isOpening(): boolean;
  stats(): PoolStats;
  close(): void;
}

/** A connection's place in the pool. */
export interface Lane {
  readonly connection: Connection;
  exchange: Exchange | null;
  isOpen: boolean;
  isGone: boolean;
}

/**
 * Connections shared by all requests. A request takes the connection that has been free longest; when all are busy a new one
 * is opened, up to `connectionCount`, and whichever is free first takes the request that has waited longest.
 * Note: taking the one used last would keep the others cold: a service of several processes, each holding some of the
 * connections, would be driven on one of them only, and servers would close the rest for idleness.
 */
export function createPool<E extends Exchange>(connect: Connect, connectionCount: number, clock: Clock): Pool<E> {
  const lanes = new Set<Lane>();
  const idle: Lane[] = [];
  const waiting: E[] = [];
  let listener: PoolListener<E>;
  let openingCount = 0;
  let openedCount = 0;
  let staleRetryCount = 0;

  const takeIdle = () => {
    let lane = idle.shift();
    while (lane?.isGone) lane = idle.shift();
    return lane;
  };
  const takeWaiting = () => {
    let exchange = waiting.shift();
    while (exchange?.isCancelled) exchange = waiting.shift();
    return exchange;
  };

  const openLanes = () => {
    while (openingCount < waiting.length && lanes.size < connectionCount) openLane();
  };
  const openLane = () => {
    openingCount++;
    const connection = connect({
      onOpen: () => opened(lane),
      onAnswer: (answer, isReusable) => answered(lane, answer, isReusable),
      onClose: (reason) => closed(lane, reason),
    });
    const lane: Lane = { connection, exchange: null, isOpen: false, isGone: false };
    lanes.add(lane);
  };
  const discard = (lane: Lane) => {
    lane.isGone = true;
    lanes.delete(lane);
    if (!lane.isOpen) openingCount--;
  };
  const unload = (lane: Lane) => {
    const exchange = lane.exchange as E | null;
    lane.exchange = null;
    if (exchange !== null) exchange.lane = null;
    return exchange;
  };

  const dispatch = (lane: Lane, exchange: E, nowNs: number): void => {
    if (!lane.connection.send(exchange.request)) {
      staleRetryCount++;
      lane.connection.destroy();
      discard(lane);
      sendElsewhere(exchange);
      return;
    }
    lane.exchange = exchange;
    exchange.lane = lane;
    exchange.sentNs = nowNs;
    listener.onSent(exchange);
  };
  const sendElsewhere = (exchange: E) => {
    const lane = takeIdle();
    if (lane !== undefined) return dispatch(lane, exchange, clock.nowNs());
    waiting.unshift(exchange);
    openLanes();
  };
  /** A free connection takes the request that has waited longest, or rests. */
  const release = (lane: Lane, nowNs: number) => {
    const exchange = waiting.length > 0 ? takeWaiting() : undefined;
    if (exchange === undefined) idle.push(lane);
    else dispatch(lane, exchange, nowNs);
  };

  const opened = (lane: Lane) => {
    lane.isOpen = true;
    openingCount--;
    openedCount++;
    release(lane, clock.nowNs());
  };
  const answered = (lane: Lane, answer: WorkloadResponse, isReusable: boolean) => {
    const nowNs = clock.nowNs();
    const exchange = unload(lane);
    if (isReusable) release(lane, nowNs);
    else {
      discard(lane);
      openLanes();
    }
    if (exchange !== null) listener.onAnswer(exchange, answer, nowNs);
  };
  const closed = (lane: Lane, reason: string) => {
    // A connection that could not be opened fails one of the requests it was opened for.
    const exchange = lane.isOpen ? unload(lane) : (takeWaiting() ?? null);
    discard(lane);
    openLanes();
    if (exchange !== null) listener.onFailure(exchange, reason, clock.nowNs());
  };

  const cancel = (exchange: E) => {
    const { lane } = exchange;
    exchange.isCancelled = true;
    while (waiting[0]?.isCancelled) waiting.shift();
    if (lane === null) return;
    unload(lane);
    lane.connection.destroy();
    discard(lane);
    openLanes();
  };

  return {
    listen: (next) => {
      listener = next;
    },
    submit: (exchange) => {
      const lane = takeIdle();
      if (lane !== undefined) return dispatch(lane, exchange, exchange.wokeNs);
      waiting.push(exchange);
      openLanes();
    },
    cancel,
    isOpening: () => openingCount > 0,
    stats: () => ({ openedCount, staleRetryCount }),
    close: () => {
      for (const lane of lanes) lane.connection.destroy();
      lanes.clear();
    },
  };
}
