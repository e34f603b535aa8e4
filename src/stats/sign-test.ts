import { fairCoins } from './binomial.ts';
import { type Tails, tailsAt } from './rank.ts';

/**
 * The sign test: the tails of the number of positive differences when each sign is as likely as the other. Zeros are left
 * out (Hollander, Wolfe and Chicken 2014, section 3.4).
 */
export function signTails(differences: readonly number[]): Tails {
  const moved = differences.filter((difference) => difference !== 0);
  return tailsAt(fairCoins(moved.length), moved.filter((difference) => difference > 0).length);
}
