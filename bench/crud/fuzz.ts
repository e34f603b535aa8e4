import type { Chance, FuzzCase, FuzzGrammar, FuzzStep } from '../../src/model/fuzz.ts';
import { allowedDifferences } from './allowed-differences.ts';
import { type Draft, type Oddity, pick, stepOf } from './fuzz/draft.ts';
import * as bodies from './fuzz/odd-bodies.ts';
import * as framing from './fuzz/odd-framing.ts';
import * as headers from './fuzz/odd-headers.ts';
import * as targets from './fuzz/odd-targets.ts';
import { type Route, routes } from './fuzz/routes.ts';

interface OddClass {
  readonly name: string;
  readonly weight: number;
  /** null: leaves the request as it is. */
  readonly oddity: Oddity | null;
  suits(draft: Draft): boolean;
}

const always = () => true;
const hasBody = ({ body }: Draft) => body !== null;
const takesJson = ({ target, body }: Draft) => body !== null && !target.startsWith('/files');
const takesToken = ({ headers: lines }: Draft) => lines.some((line) => line.startsWith('Authorization'));
const isFile = ({ target }: Draft) => /^\/files\/\$/.test(target);

function oddClass(name: string, weight: number, oddity: Oddity | null, suits: OddClass['suits'] = always): OddClass {
  return { name, weight, oddity, suits };
}

const classes: readonly OddClass[] = [
  oddClass('valid', 6, null),
  oddClass('escaped path', 5, targets.escapedPath),
  oddClass('odd path', 5, targets.oddPath),
  oddClass('target form', 3, targets.targetForm),
  oddClass('odd id', 4, targets.oddId, ({ target }) => target.includes('/$')),
  oddClass('query escapes', 6, targets.queryEscapes),
  oddClass('query repeats', 4, targets.queryRepeats),
  oddClass('query values', 6, targets.queryValues, ({ target }) => /^\/files(\?|$)/.test(target)),
  oddClass('query separators', 4, targets.querySeparators),
  oddClass('authorization', 6, headers.authorization, takesToken),
  oddClass('conditions', 10, headers.conditions, isFile),
  oddClass('content types', 6, headers.contentTypes, hasBody),
  oddClass('foreign headers', 8, headers.foreignHeaders),
  oddClass('last event ids', 25, headers.lastEventIds, ({ target }) => target === '/events'),
  oddClass('JSON keys', 30, bodies.jsonKeys, takesJson),
  oddClass('JSON values', 40, bodies.jsonValues, takesJson),
  oddClass('JSON syntax', 40, bodies.jsonSyntax, takesJson),
  oddClass('JSON depth', 14, bodies.jsonDepth, takesJson),
  oddClass('body sizes', 1, bodies.bodySizes, hasBody),
  oddClass('chunks', 5, framing.chunks, hasBody),
  oddClass('lengths', 4, framing.lengths, hasBody),
  oddClass('pipelined', 1, framing.pipelined),
  oddClass('unasked bodies', 2, framing.unaskedBodies),
  oddClass('expectations', 1, framing.expectations),
  oddClass('methods', 4, framing.methods),
  oddClass('versions', 2, framing.versions),
  oddClass('hosts', 2, framing.hosts),
  oddClass('header syntax', 3, framing.headerSyntax),
  oddClass('head sizes', 1, framing.headSizes),
  oddClass('line ends', 2, framing.lineEnds),
];

/** Of so many cases one is odd in two ways, and one has a byte changed wherever it falls. */
const rareOneIn = 12;

export const fuzz: FuzzGrammar = {
  problemPrefix: 'urn:paceline:problem:',
  comparedTexts: ['type', 'name', 'contentType'],
  timedKeys: ['status', 'resultFileId', 'reason', 'finishedAt'],
  allowed: allowedDifferences,
  draw(random) {
    const route = weighted(random, routes);
    const draft = route.draw(random);
    const suiting = classes.filter(({ suits }) => suits(draft));
    const first = weighted(random, suiting);
    const once = made(first, draft, random);
    const chance = random.below(rareOneIn);
    if (chance === 0) return caseOf(route, 'two oddities', stepOf(made(weighted(random, suiting), once, random)));
    if (chance === 1) return caseOf(route, 'changed byte', changedByte(stepOf(draft), random));
    return caseOf(route, first.name, stepOf(once));
  },
};

function made({ oddity }: OddClass, draft: Draft, random: Chance): Draft {
  return oddity === null ? draft : oddity(draft, random);
}

function caseOf({ before, after }: Route, name: string, step: FuzzStep): FuzzCase {
  return { class: name, steps: [...before, step, ...after] };
}

/** One byte of the head is left out, doubled or becomes another. Variables stay whole. */
function changedByte(step: FuzzStep, random: Chance): FuzzStep {
  const end = step.template.indexOf('\r\n\r\n');
  const pieces = [...step.template.slice(0, end).matchAll(/\$\{[^}]*\}|[\s\S]/g)].map(([piece]) => piece);
  const at = random.below(pieces.length);
  const here = pieces[at] ?? '';
  const other = pick(random, [
    '',
    here + here,
    ' ',
    '\t',
    '\0',
    '\x7f',
    '\xff',
    ':',
    '/',
    '"',
    ',',
    ';',
    'x',
    'X',
    '0',
    '%',
    '\r',
    '\n',
  ]);
  return { ...step, template: pieces.with(at, other).join('') + step.template.slice(end), listensOn: true };
}

function weighted<T extends { readonly weight: number }>(random: Chance, choices: readonly T[]): T {
  let ticket = random.below(choices.reduce((sum, { weight }) => sum + weight, 0));
  for (const choice of choices) {
    ticket -= choice.weight;
    if (ticket < 0) return choice;
  }
  throw new RangeError('nothing to choose from');
}
