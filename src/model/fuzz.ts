/** What a grammar draws by: a whole number in [0, n), each equally likely. */
export interface Chance {
  below(n: number): number;
}

/** One request of a fuzz case, as the bytes that go on the wire. */
export interface FuzzStep {
  /**
   * Latin-1 text: a character is a byte. `${name}` stands for a variable of the target that is asked, such as the id that it gave to a
   * file: each implementation has a database of its own. `${case}` is unlike in each sending of a case, and `${bodyLength}` counts the
   * bytes behind the first empty line.
   */
  readonly template: string;
  readonly captures?: Readonly<Record<string, string>>;
  /** More than one answer may come on this connection: it is listened to for a while after the first. */
  readonly listensOn?: true;
}

/** Requests sent to one implementation after the other on connections of their own. */
export interface FuzzCase {
  /** What is odd about it: the class that failures are counted by. */
  readonly class: string;
  readonly steps: readonly FuzzStep[];
}

/** A service's requests, as a declaration in bench/<id>/fuzz.ts, exported under the name `fuzz`. */
export interface FuzzGrammar {
  /** Draws the next case; `index` counts from 0 and makes names unique. Same random stream, same cases. */
  draw(random: Chance, index: number): FuzzCase;
  /** Differences between answers that are no failure. */
  readonly allowed: readonly AllowedDifference[];
  /** Prefix of the `type` of every problem. */
  readonly problemPrefix: string;
  /** Keys of JSON answers whose text is compared, not only its type. */
  readonly comparedTexts: readonly string[];
  /** Keys whose value depends on time: null or any text. */
  readonly timedKeys: readonly string[];
}

/** A request as far as its bytes tell: nothing is refused, so that odd ones can be looked at too. */
export interface RequestBytes {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  /** Between the request line and the empty line, as they are. */
  readonly headerLines: readonly string[];
  readonly body: string;
  /** From the first line to the empty one, as they are. */
  readonly head: string;
  /** All of it, in Latin-1. */
  readonly text: string;
}

/** An answer that some implementations may give to some requests. The others must agree with each other. */
export interface AllowedDifference {
  readonly id: string;
  /** What differs and why it may, for people. */
  readonly why: string;
  readonly applies: (request: RequestBytes) => boolean;
  /** Statuses that set an implementation aside, whatever its media type and body; `none`: it closed the connection. */
  readonly mayAnswer: readonly (number | 'none')[];
}
