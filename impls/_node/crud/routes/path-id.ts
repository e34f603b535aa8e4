import { Problem } from '../problem.ts';
import { parseUuid } from '../schemas.ts';

export interface PathId {
  readonly Params: { readonly id: string };
}

/** What is no UUID names nothing. @throws Problem `not-found` */
export function idOf({ params }: { readonly params: PathId['Params'] }): string {
  const id = parseUuid(params.id);
  if (id === undefined) throw notFound();
  return id;
}

/** The same for what is not there and for what is another user's. */
export function notFound(): Problem {
  return new Problem('not-found', 'there is no such thing');
}
