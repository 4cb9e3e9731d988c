import { betaBinomialTail } from "../../beta-binomial.ts";
import { hypergeometricTail } from "../../hypergeometric.ts";

/** What the reference tells about levels that it misses. */
export interface SeenLevels {
  /** Rows of the window, and of the reference. */
  rows: number;
  referenceRows: number;
  /** Levels that the reference has once (N1), and twice (N2). */
  once: number;
  twice: number;
  /** Rows on both sides of the levels that the reference might have missed by chance: see missableLevels. */
  missable: readonly number[];
}

/** Smaller clumps are as good as single rows. */
const smallClump = 0.05;
/** From this share of unseen rows on, the window is no longer small beside what is missing, and counts are nearly normal. */
const largeShare = 0.1;
/** The same for so many unseen rows, in all or of one level. */
const manyRows = 200;
/** Levels that N1 and N2 speak for. */
const fewRows = 2;
const least = 1e-12;

/**
 * Lists the rows on both sides, of every level with more than two of them, with which all of them may fall to the window by chance.
 * @param levels.reference rows of the reference by level. @param levels.current rows of the window of the same levels.
 */
export function missableLevels(levels: {
  rows: number;
  referenceRows: number;
  reference: ArrayLike<number>;
  current: ArrayLike<number>;
}): number[] {
  const { rows, referenceRows, reference, current } = levels;
  const most = Math.log(least) / Math.log(rows / (rows + referenceRows));
  const found: number[] = [];
  for (let level = 0; level < reference.length; level += 1) {
    const own = reference[level] as number;
    const both = own + (current[level] as number);
    if (own > 0 && both > fewRows && both < most) found.push(both);
  }
  return found;
}

/** Whether unseen rows are as good as independent: Fisher's tail then. */
export function isFisher(levels: SeenLevels): boolean {
  return clumpOf(levels) < smallClump;
}

/** Returns the rows that an unseen level brings to the window on average: a level of this size is expected m · 2 N2 / (n · N1) times. */
function clumpOf({ rows, referenceRows, once, twice }: SeenLevels): number {
  return (rows * 2 * twice) / (referenceRows * (once + 0.5));
}

/**
 * Returns a function that computes the probability of so many unseen rows or more without drift (docs/spec/drift.md section 6.3). The missing
 * share N1 / n has the variance (N1 (1 − N1 / n) + 2 N2) / n² (Esty, "A normal limit law for a nonparametric estimator of the coverage of a
 * random sample", Annals of Statistics 11, 1983): its first part is that of the estimate, its second that of how many levels are missing. The
 * number of these is about N1² / (2 N2) (Chao, "Nonparametric estimation of the number of classes in a population", 1984), negative binomial
 * since N1 is itself a count, and each brings a Poisson number of rows. Where many rows are unseen, the same mean and variance give a
 * beta-binomial; without levels seen twice all of this is Fisher's tail. A level that is frequent but was missed by chance comes on top.
 */
export function unseenTail(levels: SeenLevels): (hits: number) => number {
  const rare = rareTail(levels);
  return (hits) => (hits === 0 ? 1 : Math.min(1, rare(hits) + missedTail(hits, levels)));
}

function rareTail(levels: SeenLevels): (hits: number) => number {
  const { rows, referenceRows, once, twice } = levels;
  if (isFisher(levels))
    return (hits) => hypergeometricTail(hits, { total: rows + referenceRows, marked: hits + once, drawn: rows });
  const share = (once + 1) / (referenceRows + 1);
  const clump = clumpOf(levels);
  if (share >= largeShare || share * rows >= manyRows || clump >= manyRows) {
    const own = (once + 1) * (1 - share);
    const size = ((referenceRows + 1) * own) / (own + 2 * twice);
    return (hits) => betaBinomialTail(hits, rows, { a: share * size, b: (1 - share) * size });
  }
  const tail = clumpedTail({ shape: once + 1, missing: (once + 0.5) ** 2 / (2 * twice), clump });
  // Half of what is just as far out: whole levels make few different counts.
  return (hits) => (tail(hits) + tail(hits + 1)) / 2;
}

/** Computes the chance that all rows of a known level had fallen to the window, with at least so many rows. */
function missedTail(hits: number, { rows, referenceRows, missable }: SeenLevels): number {
  const share = rows / (rows + referenceRows);
  let sum = 0;
  for (const both of missable) if (both >= hits) sum += share ** both;
  return sum;
}

/**
 * Computes the tail of a sum of Poisson numbers, of which there is a negative binomial number: by Panjer's recursion ("Recursive evaluation
 * of a family of compound distributions", ASTIN Bulletin 12, 1981), as far as it is asked for.
 */
function clumpedTail({ shape, missing, clump }: { shape: number; missing: number; clump: number }) {
  const odds = missing / shape;
  const a = odds / (1 + odds);
  const b = (shape - 1) * a;
  const none = Math.exp(-clump);
  const sizes = [none];
  for (let size = 1, own = none; own > least * least || size < clump; size += 1) {
    own *= clump / size;
    sizes.push(own);
  }
  const chances = [(1 + odds * (1 - none)) ** -shape];
  const below = [0];
  // Beyond the mean and a whole level, chances only fall: smaller ones no longer change the sum.
  const reach = Math.max(sizes.length, missing * clump);
  const isOver = () => chances.length > reach && (chances.at(-1) as number) < least * least;
  return (hits: number): number => {
    for (let sum = chances.length; sum < hits && !isOver(); sum += 1) {
      let chance = 0;
      for (let size = 1; size <= Math.min(sum, sizes.length - 1); size += 1)
        chance += (a + (b * size) / sum) * (sizes[size] as number) * (chances[sum - size] as number);
      chances.push(chance / (1 - a * none));
    }
    const last = Math.min(hits, chances.length);
    for (let sum = below.length; sum <= last; sum += 1)
      below.push((below[sum - 1] as number) + (chances[sum - 1] as number));
    return Math.max(0, 1 - (below[last] as number));
  };
}
