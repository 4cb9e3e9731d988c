import type { CategoricalProfile } from "#server/watch/monitoring/state/contract.ts";
import { levelName } from "#server/watch/monitoring/state/level-name.ts";

/** Levels that are counted each in a profile; docs/spec/drift.md section 5.1. */
const maxLevels = 200;
/** Maximum number of levels tracked by name; features with more are rather identifiers. */
const maxKnown = 100_000;

/** Gathers the profile of a categorical feature, value by value, in memory that does not grow with the rows. */
export class CategoricalProfiler {
  readonly #counts = new Map<string, number>();
  #nulls = 0;
  /** Number of rows whose level appeared after 100,000 others. */
  #beyond = 0;

  /** @param level null if missing. */
  add(level: string | null): void {
    if (level === null) {
      this.#nulls += 1;
      return;
    }
    const name = levelName(level);
    const count = this.#counts.get(name);
    if (count !== undefined) this.#counts.set(name, count + 1);
    else if (this.#counts.size < maxKnown) this.#counts.set(name, 1);
    else this.#beyond += 1;
  }

  profile(): CategoricalProfile {
    const known = [...this.#counts].sort(([a, more], [b, less]) => less - more || (a < b ? -1 : 1));
    const rest = known.slice(maxLevels);
    const total = known.reduce((sum, [, count]) => sum + count, 0);
    return {
      kind: "categorical",
      count: total + this.#beyond,
      nulls: this.#nulls,
      levels: known.slice(0, maxLevels),
      other: rest.reduce((sum, [, count]) => sum + count, 0) + this.#beyond,
      otherLevels: rest.map(([name]) => name),
      // Levels beyond the tracked names count as unseen later, and the test of unseen levels expects as many of these as there are rows
      // here.
      once: known.filter(([, count]) => count === 1).length + this.#beyond,
      twice: known.filter(([, count]) => count === 2).length,
    };
  }
}
