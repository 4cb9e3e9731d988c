import { logChoose } from "./log-factorial.ts";
import type { Random } from "./random.ts";

/** `marked` of `total` are marked, and `drawn` of them are taken without putting back. */
export interface Urn {
  total: number;
  marked: number;
  drawn: number;
}

/** Computes ln of the probability that exactly `hits` of the drawn are marked. */
export function logHypergeometric(hits: number, { total, marked, drawn }: Urn): number {
  return logChoose(marked, hits) + logChoose(total - marked, drawn - hits) - logChoose(total, drawn);
}

/** Computes the probability of `hits` or more marked among the drawn (Fisher's one-sided tail), accurate for small probabilities too. */
export function hypergeometricTail(hits: number, urn: Urn): number {
  const last = Math.min(urn.marked, urn.drawn);
  const first = Math.max(hits, urn.drawn - (urn.total - urn.marked), 0);
  if (first > last) return 0;
  if (hits <= Math.max(0, urn.drawn - (urn.total - urn.marked))) return 1;
  // Below the mean the other tail has fewer significant terms.
  if (first <= (urn.drawn * urn.marked) / urn.total) return Math.min(1, 1 - sumDown(first - 1, urn));
  return Math.min(1, sumUp(first, last, urn));
}

function sumUp(first: number, last: number, urn: Urn): number {
  let term = Math.exp(logHypergeometric(first, urn));
  let sum = term;
  for (let x = first; x < last && term > sum * 1e-18; x += 1) {
    term *= ratio(x, urn);
    sum += term;
  }
  return sum;
}

function sumDown(from: number, urn: Urn): number {
  const least = Math.max(0, urn.drawn - (urn.total - urn.marked));
  let term = Math.exp(logHypergeometric(from, urn));
  let sum = term;
  for (let x = from; x > least && term > sum * 1e-18; x -= 1) {
    term /= ratio(x - 1, urn);
    sum += term;
  }
  return sum;
}

/** Computes P(x + 1) / P(x). */
function ratio(x: number, { total, marked, drawn }: Urn): number {
  return ((marked - x) * (drawn - x)) / ((x + 1) * (total - marked - drawn + x + 1));
}

/**
 * Draws the number of marked items among the drawn ones: inversion from the mode outwards, so that the cost is proportional to one
 * standard deviation (chop-down search, Kachitvichyanukul and Schmeiser, "Computer generation of hypergeometric random variates", 1985).
 */
export function hypergeometricFrom(urn: Urn, random: Random): number {
  const { total, marked, drawn } = urn;
  const least = Math.max(0, drawn - (total - marked));
  const most = Math.min(marked, drawn);
  if (least === most) return least;
  const mode = Math.min(most, Math.max(least, Math.floor(((drawn + 1) * (marked + 1)) / (total + 2))));
  const atMode = Math.exp(logHypergeometric(mode, urn));
  let left = random() - atMode;
  if (left <= 0) return mode;
  let [down, up] = [mode, mode];
  let [below, above] = [atMode, atMode];
  while (down > least || up < most) {
    if (up < most) {
      above *= ratio(up, urn);
      up += 1;
      left -= above;
      if (left <= 0) return up;
    }
    if (down > least) {
      below /= ratio(down - 1, urn);
      down -= 1;
      left -= below;
      if (left <= 0) return down;
    }
  }
  return mode;
}
