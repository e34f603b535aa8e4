import type { WorkloadRequest, WorkloadResponse } from '../../model/workload.ts';
import type { Loop } from '../pace/loop.ts';

/** One request on its way; made by the sender, carried by the pool. */
export interface Exchange {
  readonly request: WorkloadRequest;
  /** When the sender handed it over. */
  readonly wokeNs: number;
  /** When it was written to a connection; NaN until then. Equal to `wokeNs` when a connection was free. */
  sentNs: number;
  /** The pool's: the connection that carries it; null while it waits and after its end. */
  connection: Connection | null;
  /** The pool's. */
  isCancelled: boolean;
}

/** What a pool reports of its exchanges: `onSent` at most once, then one of the others, unless cancelled. */
export interface PoolListener<E extends Exchange> {
  onSent(exchange: E): void;
  /** `answer` is valid only during the call. `arrivedNs`: when the last byte of it came. */
  onAnswer(exchange: E, answer: WorkloadResponse, arrivedNs: number): void;
  onFailure(exchange: E, reason: string, nowNs: number): void;
}

/** One connection to the target, able to carry one request at a time. */
export interface Connection {
  /** Writes the whole request. False when the connection turns out to be dead and no byte of it has left. */
  send(request: WorkloadRequest): boolean;
  /** No more is heard of it. */
  destroy(): void;
  /** The pool's: what it carries, and whether it can carry anything. */
  exchange: Exchange | null;
  state: 'opening' | 'open' | 'gone';
  /** The pool's: how many requests it has answered. */
  answeredCount: number;
}

/** Never called from within `connect`, `send` or `destroy`. */
export interface ConnectionListener {
  onOpen(connection: Connection): void;
  /** `isReusable`: it may carry another request; if not, it has closed and `onClose` does not follow. */
  onAnswer(connection: Connection, answer: WorkloadResponse, isReusable: boolean, arrivedNs: number): void;
  /** The end, also when it never opened. */
  onClose(connection: Connection, reason: string): void;
}

export type Connect = (listener: ConnectionListener) => Connection;

export interface PoolStats {
  readonly openedCount: number;
  readonly staleRetryCount: number;
}

/**
 * Connections shared by all requests. A request takes the connection that has been free longest; when all are busy a new one
 * is opened, up to `connectionCount`, and whichever is free first takes the request that has waited longest.
 * Note: taking the one used last would keep the others cold: a service of several processes, each holding some of the
 * connections, would be driven on one of them only, and servers would close the rest for idleness.
 */
export class Pool<E extends Exchange> implements ConnectionListener {
  readonly #connect: Connect;
  readonly #connectionCount: number;
  readonly #clock: Pick<Loop, 'nowNs' | 'readNow'>;
  readonly #requestsPerConnection: number;
  readonly #connections = new Set<Connection>();
  readonly #idle: Connection[] = [];
  readonly #waiting: E[] = [];
  #listener: PoolListener<E> | null = null;
  #openingCount = 0;
  #openedCount = 0;
  #staleRetryCount = 0;

  /** `requestsPerConnection`: after so many answers a connection is closed. */
  constructor(
    connect: Connect,
    connectionCount: number,
    clock: Pick<Loop, 'nowNs' | 'readNow'>,
    requestsPerConnection = Number.POSITIVE_INFINITY,
  ) {
    this.#connect = connect;
    this.#connectionCount = connectionCount;
    this.#clock = clock;
    this.#requestsPerConnection = requestsPerConnection;
  }

  /** Whether a connection is being opened. */
  get isOpening(): boolean {
    return this.#openingCount > 0;
  }

  get stats(): PoolStats {
    return { openedCount: this.#openedCount, staleRetryCount: this.#staleRetryCount };
  }

  /** Which listener hears from now on. */
  listen(listener: PoolListener<E>) {
    this.#listener = listener;
  }

  /** Sends now if a connection is free, else as soon as one is. */
  submit(exchange: E) {
    let connection = this.#takeIdle();
    if (connection === undefined) {
      this.#clock.readNow();
      connection = this.#takeIdle();
    }
    if (connection !== undefined) return this.#dispatch(connection, exchange, exchange.wokeNs);
    this.#waiting.push(exchange);
    this.#openMore();
  }

  /** Gives an exchange up: nothing more is reported of it, and a connection that carries it is closed. */
  cancel(exchange: E) {
    const { connection } = exchange;
    exchange.isCancelled = true;
    while (this.#waiting[0]?.isCancelled) this.#waiting.shift();
    if (connection === null) return;
    this.#unload(connection);
    connection.destroy();
    this.#discard(connection);
    this.#openMore();
  }

  close() {
    for (const connection of this.#connections) connection.destroy();
    this.#connections.clear();
  }

  onOpen(connection: Connection) {
    connection.state = 'open';
    this.#openingCount--;
    this.#openedCount++;
    this.#release(connection);
  }

  onAnswer(connection: Connection, answer: WorkloadResponse, isReusable: boolean, arrivedNs: number) {
    const exchange = this.#unload(connection);
    connection.answeredCount++;
    const isUsedUp = connection.answeredCount >= this.#requestsPerConnection;
    if (isReusable && !isUsedUp) this.#release(connection);
    else {
      if (isReusable) connection.destroy();
      this.#discard(connection);
      this.#openMore();
    }
    if (exchange !== null) this.#listener?.onAnswer(exchange, answer, arrivedNs);
  }

  /** One that could not be opened fails one of the requests it was opened for. */
  onClose(connection: Connection, reason: string) {
    const exchange = connection.state === 'open' ? this.#unload(connection) : (this.#takeWaiting() ?? null);
    this.#discard(connection);
    this.#openMore();
    if (exchange !== null) this.#listener?.onFailure(exchange, reason, this.#clock.nowNs());
  }

  #takeIdle(): Connection | undefined {
    let connection = this.#idle.shift();
    while (connection?.state === 'gone') connection = this.#idle.shift();
    return connection;
  }

  #takeWaiting(): E | undefined {
    let exchange = this.#waiting.shift();
    while (exchange?.isCancelled) exchange = this.#waiting.shift();
    return exchange;
  }

  #openMore() {
    while (this.#openingCount < this.#waiting.length && this.#connections.size < this.#connectionCount) {
      this.#openingCount++;
      this.#connections.add(this.#connect(this));
    }
  }

  #discard(connection: Connection) {
    if (connection.state === 'opening') this.#openingCount--;
    connection.state = 'gone';
    this.#connections.delete(connection);
  }

  #unload(connection: Connection): E | null {
    const exchange = connection.exchange as E | null;
    connection.exchange = null;
    if (exchange !== null) exchange.connection = null;
    return exchange;
  }

  #dispatch(connection: Connection, exchange: E, nowNs: number) {
    if (!connection.send(exchange.request)) return this.#sendElsewhere(connection, exchange);
    connection.exchange = exchange;
    exchange.connection = connection;
    exchange.sentNs = nowNs;
    this.#listener?.onSent(exchange);
  }

  #sendElsewhere(dead: Connection, exchange: E) {
    this.#staleRetryCount++;
    dead.destroy();
    this.#discard(dead);
    const connection = this.#takeIdle();
    if (connection !== undefined) this.#dispatch(connection, exchange, this.#clock.nowNs());
    else {
      this.#waiting.unshift(exchange);
      this.#openMore();
    }
  }

  /** A free connection takes the request that has waited longest, or rests. */
  #release(connection: Connection) {
    const exchange = this.#waiting.length > 0 ? this.#takeWaiting() : undefined;
    if (exchange === undefined) this.#idle.push(connection);
    else this.#dispatch(connection, exchange, this.#clock.nowNs());
  }
}
