export interface Entry {
  readonly term: number;
  /** Text the core never looks into; empty: the no-op at the start of a term. */
  readonly command: string;
}
