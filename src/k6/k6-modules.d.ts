/** What the exported script uses of k6 (v1). */
declare module 'k6/http' {
  interface Response {
    readonly status: number;
    readonly error_code: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: ArrayBuffer | string | null;
    readonly request?: { readonly headers: Readonly<Record<string, readonly string[] | undefined>> };
  }
  const http: { request(method: string, url: string, body: ArrayBuffer | null, params: object): Response };
  // biome-ignore lint/style/noDefaultExport: k6 has it so.
  export default http;
}
declare module 'k6/execution' {
  const exec: {
    readonly scenario: { readonly iterationInTest: number; readonly progress: number; readonly startTime: number };
    readonly instance: { readonly currentTestRunDuration: number; readonly iterationsCompleted: number };
    readonly test: { readonly options: { readonly executionSegment: string | null } };
  };
  // biome-ignore lint/style/noDefaultExport: k6 has it so.
  export default exec;
}
declare module 'k6/metrics' {
  export class Counter {
    constructor(name: string);
    add(value: number): void;
  }
  export class Gauge {
    constructor(name: string);
    add(value: number): void;
  }
  export class Trend {
    constructor(name: string, isTime: boolean);
    add(value: number): void;
  }
}
declare module 'k6/crypto' {
  export function sha256(text: string, encoding: 'hex'): string;
  export function sha512(text: string, encoding: 'binary'): ArrayBuffer;
}
declare const __ENV: Readonly<Record<string, string | undefined>>;
