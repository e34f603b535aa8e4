import { type Argument, Command, InvalidArgumentError, type Option } from 'commander';
import { HarnessError } from '../model/harness-error.ts';
import { isListParser } from './options.ts';

/** Everything that is wrong in one command line: who corrects it must not meet the mistakes one by one. */
export class UsageMistakes extends Error {
  /** A line each, or a message with its remedy. */
  readonly texts: readonly string[];

  constructor(texts: readonly string[]) {
    super(texts.join('\n'));
    this.name = 'UsageMistakes';
    this.texts = texts;
  }
}

/** A command that goes on reading after a mistake, and reports all of them before it does anything. */
export class StrictCommand extends Command {
  readonly #mistakes: string[] = [];
  readonly #given = new Map<string, Option>();
  #isUnknownOption = false;

  override createCommand(name?: string): StrictCommand {
    return new StrictCommand(name);
  }

  /** Called by commander for each mistake; above the commands there is none to go on with. */
  override error(message: string, options?: { exitCode?: number; code?: string }): never {
    if (this.parent === null) super.error(message, options);
    this.#isUnknownOption ||= options?.code === 'commander.unknownOption';
    // The value of an unknown option looks like an argument too many.
    const isConsequence = options?.code === 'commander.excessArguments' && this.#isUnknownOption;
    if (!isConsequence) this.#mistakes.push(message);
    return undefined as never;
  }

  /** To be called when all options and arguments are declared. */
  collectMistakes(): void {
    for (const option of this.options) this.#watch(option);
    for (const argument of this.registeredArguments)
      this.#guard(argument, (text) => `error: argument '${argument.name()}': '${text}' is invalid.`);
    this.hook('preAction', () => {
      if (this.#mistakes.length > 0) throw new UsageMistakes(this.#mistakes);
    });
  }

  #watch(option: Option): void {
    const isList = isListParser(option.parseArg);
    const name = option.attributeName();
    this.on(`option:${option.name()}`, () => {
      const before = this.#given.get(name);
      this.#given.set(name, option);
      if (before === undefined || isList) return;
      if (before !== option) this.error(`error: options '${before.long}' and '${option.long}' contradict each other`);
      else if (option.required || option.optional) this.error(`error: option '${option.flags}' is given twice`);
    });
    this.#guard(option, (text) => `error: option '${option.flags}' argument '${text}' is invalid.`);
  }

  /** Its parser keeps what it refuses as a mistake. */
  #guard(declared: Option | Argument, beginning: (text: string) => string): void {
    const parse = declared.parseArg as ((text: string, previous: unknown) => unknown) | undefined;
    if (parse === undefined) return;
    const guarded = (text: string | undefined, previous: unknown) => {
      // A missing value is a mistake of its own.
      if (text === undefined) return previous;
      try {
        return parse(text, previous);
      } catch (error) {
        if (error instanceof InvalidArgumentError) this.#mistakes.push(`${beginning(text)} ${error.message}`);
        else if (error instanceof HarnessError)
          this.#mistakes.push(`paceline: ${error.message}\nRemedy: ${error.remedy}`);
        else throw error;
        return previous;
      }
    };
    declared.argParser(guarded as never);
  }
}
