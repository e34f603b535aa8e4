export interface TargetAddress {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
}

/** Where a connection goes: a target and, once its name is resolved, the address. */
export interface TargetPoint {
  readonly target: TargetAddress;
  /** An error's code where it could not be resolved. */
  readonly ip: { readonly address: string; readonly family: number } | string;
}

export interface SocketListener {
  onOpen(): void;
  /**
   * `bytes` are valid only during the call: all sockets read into the same memory. `arrivedNs`: when the last of them came, as far
   * as the loop knows: to the kernel, or to the loop.
   */
  onData(bytes: Buffer, arrivedNs: number): void;
  /** The server has sent its last byte. `onClose` follows unless the socket is destroyed. */
  onEnd(arrivedNs: number): void;
  /** `reason` is an error's code, or `closed`. */
  onClose(reason: string): void;
}

export interface Socket {
  /**
   * Sends `length` of the bytes, which may be overwritten after the call; what the kernel does not take now is kept and sent
   * when it does. False: the connection is dead and took none of them.
   */
  write(bytes: Uint8Array, length: number): boolean;
  readonly hasUnsentBytes: boolean;
  /** The listener is called no more. */
  destroy(): void;
}
