/** What workloads use of Node and k6 does not have; esbuild puts them where the names are used. */

function bytesOf(text: string): Uint8Array {
  const binary = unescape(encodeURIComponent(text));
  return Uint8Array.from({ length: binary.length }, (_, index) => binary.charCodeAt(index));
}

function textOf(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return decodeURIComponent(escape(binary));
}

class TextBytes extends Uint8Array {
  override toString(): string {
    return textOf(this);
  }

  writeUInt32BE(value: number, at: number): void {
    for (let byte = 0; byte < 4; byte += 1) this[at + byte] = value >>> (24 - 8 * byte);
  }
}

const standInBuffer = {
  alloc(length: number, fill: Uint8Array | null = null): Uint8Array {
    const bytes = new TextBytes(length);
    if (fill === null) return bytes;
    for (let at = 0; at < length; at += fill.length) bytes.set(fill.subarray(0, length - at), at);
    return bytes;
  },
  from(from: string | ArrayBuffer | Uint8Array, offset = 0, length?: number): Uint8Array {
    if (typeof from === 'string') return new TextBytes(bytesOf(from));
    return from instanceof ArrayBuffer ? new TextBytes(from, offset, length) : new TextBytes(from);
  },
};

class StandInTextEncoder {
  encode(text: string): Uint8Array {
    return bytesOf(text);
  }
}

/** Of plain data. */
function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

export { copyOf as structuredClone, StandInTextEncoder as TextEncoder, standInBuffer as Buffer };
