import type { PrimitiveFailureCode } from '../model/primitive-result.ts';

/** Ends a case of a primitive, not the run. */
export class PrimitiveFailure extends Error {
  readonly code: PrimitiveFailureCode;

  constructor(code: PrimitiveFailureCode, message: string) {
    super(message);
    this.name = 'PrimitiveFailure';
    this.code = code;
  }
}

/** The runner says that its machine or version cannot do it. */
export class PrimitiveUnsupported extends Error {}
