import { terminalText } from '../model/foreign-text.ts';

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface GuardedStream extends Stream {
  /** For what moves a terminal's cursor; its texts have been made visible before. */
  writeControl(text: string): unknown;
}

/** A stream to which nothing is written that acts on a terminal, whoever wrote the text; colours of paceline pass. */
export function guarded(stream: Stream): GuardedStream {
  return {
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns;
    },
    write: (text) => stream.write(terminalText(text)),
    writeControl: (text) => stream.write(text),
  };
}
