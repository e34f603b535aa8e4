/** The last bytes of a log, however long it grows. */
export interface LogTail {
  add(chunk: Uint8Array): void;
  /** At most the limit's bytes, cut at a line's start where one was dropped. */
  text(): string;
}

export function createLogTail(limitBytes = 16_384): LogTail {
  let kept = Buffer.alloc(0);
  let dropped = false;
  return {
    add(chunk) {
      const joined = Buffer.concat([kept, chunk]);
      dropped ||= joined.length > limitBytes;
      kept = joined.subarray(Math.max(0, joined.length - limitBytes));
    },
    text() {
      const text = kept.toString('utf8');
      return dropped ? text.slice(text.indexOf('\n') + 1) : text;
    },
  };
}
