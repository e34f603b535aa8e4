import type { Clock } from '../../os/clock.ts';
import type { Socket, SocketListener, TargetPoint } from '../transport/socket.ts';

/** What is due when: the sender's side of the bargain. */
export interface PacedSource {
  /** When `wake` has something to do next; moves on within `wake` only. */
  readonly nextDueNs: number;
  /**
   * Whether answers may be read later than they come, in one go: nothing that is sent depends on the last of them. Their times do
   * not suffer, since the kernel keeps them.
   */
  readonly readsLate: boolean;
  /** Whether nothing can come from the target now. */
  isQuiet(): boolean;
  /** Called at or soon after each due time, never before; due times that have passed together share a call. */
  wake(nowNs: number): void;
}

/** The one loop of a sending thread: it sleeps until a request is due or bytes have come, whichever is first. */
export interface Loop extends Clock {
  readonly kind: 'native' | 'portable';
  /** Never calls the listener back within this call. */
  connect(point: TargetPoint, listener: SocketListener): Socket;
  /** Serves the due times of `source`, in place of the one before, until `rest`. */
  pace(source: PacedSource): void;
  rest(): void;
  /** Reads what has come. */
  readNow(): void;
  /** How often it has slept and been woken. */
  wakeupCount(): number;
  /** Time slept that Node's own loop counts as work. */
  sleptNs(): number;
  /** Ends the loop; its sockets are closed by those who opened them. */
  close(): void;
}
