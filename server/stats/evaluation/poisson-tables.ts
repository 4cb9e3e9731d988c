import { logGamma } from "../gamma.ts";
import type { Random } from "../random.ts";
import { poissonFrom } from "../random-counts.ts";

/** Up to this mean a table is worth its memory; above, draws by rejection take constant time. */
const maxMean = 2_000;

interface AliasTable {
  first: number;
  size: number;
  chance: Float64Array;
  other: Uint16Array;
}

/**
 * Creates draws of Poisson counts for fixed means: by the alias method (Walker, "An efficient method for generating discrete random
 * variables with general distributions", ACM TOMS 3, 1977), one uniform number each. Equal means share a table.
 * @param means counts of cells, from 0 to 2^53 @returns a function that draws the count of a cell
 */
export function poissonTables(means: ArrayLike<number>): (cell: number, random: Random) => number {
  const known = new Map<number, AliasTable>();
  const tables = Array.from(means, (mean) => {
    if (mean > maxMean) return undefined;
    const table = known.get(mean) ?? aliasTable(mean);
    known.set(mean, table);
    return table;
  });
  return (cell, random) => {
    const table = tables[cell];
    if (!table) return poissonFrom(means[cell] as number, random);
    const place = random() * table.size;
    const at = Math.floor(place);
    return table.first + (place - at < (table.chance[at] as number) ? at : (table.other[at] as number));
  };
}

/** Tails beyond 9 standard deviations and 12 counts have a chance below 1e-15. */
function aliasTable(mean: number): AliasTable {
  const reach = 9 * Math.sqrt(mean) + 12;
  const first = Math.max(0, Math.floor(mean - reach));
  const size = Math.ceil(mean + reach) - first + 1;
  const weight = Float64Array.from({ length: size }, (_, at) => {
    const count = first + at;
    return mean === 0 ? Number(count === 0) : Math.exp(count * Math.log(mean) - mean - logGamma(count + 1));
  });
  const sum = weight.reduce((total, value) => total + value, 0);
  const chance = weight.map((value) => (value * size) / sum);
  const other = Uint16Array.from({ length: size }, (_, at) => at);
  const [small, large] = [[] as number[], [] as number[]];
  chance.forEach((value, at) => {
    (value < 1 ? small : large).push(at);
  });
  while (small.length > 0 && large.length > 0) {
    const [low, high] = [small.pop() as number, large.at(-1) as number];
    other[low] = high;
    chance[high] = (chance[high] as number) - (1 - (chance[low] as number));
    if ((chance[high] as number) < 1) small.push(large.pop() as number);
  }
  // What rounding leaves over is certain.
  for (const at of [...small, ...large]) chance[at] = 1;
  return { first, size, chance, other };
}
