export interface MessageGroup<T> {
  /** Of all members: a number in which they differ is a range, "2.3–5.8 %". */
  readonly message: string;
  readonly members: readonly T[];
}

const numbers = /\d+(?:[.,]\d+)*/g;

/** Items whose messages differ in their numbers alone say the same, and are said once. */
export function groupByMessage<T>(items: readonly T[], messageOf: (item: T) => string): MessageGroup<T>[] {
  const byMeaning = Map.groupBy(items, (item) => messageOf(item).replaceAll(numbers, '#'));
  return [...byMeaning.values()].map((members) => ({ message: mergedMessage(members.map(messageOf)), members }));
}

function mergedMessage(messages: readonly string[]): string {
  const found = messages.map((message) => [...message.matchAll(numbers)].map(([text]) => text));
  const [first = ''] = messages;
  const pieces = first.split(numbers);
  const ranges = (found[0] ?? []).map((_, index) => rangeText(found.map((texts) => texts[index] ?? '')));
  return pieces.map((piece, index) => `${piece}${ranges[index] ?? ''}`).join('');
}

function rangeText(texts: readonly string[]): string {
  const ascending = [...texts].sort((a, b) => toNumber(a) - toNumber(b));
  const [min = '', max = ''] = [ascending[0], ascending.at(-1)];
  return min === max ? min : `${min}–${max}`;
}

function toNumber(text: string): number {
  return Number(text.replaceAll(',', ''));
}
