/** Failures in a row after which the reason is not in the steps: the database is away. */
const maxFailuresInARow = 10;

/**
 * Runs steps one after the other. One that fails stops no other; ten in a row end the run.
 * @throws the failure of a single step as it is, or an AggregateError of all failures, once every step has run
 */
export async function eachAlone(steps: Iterable<() => Promise<unknown>>): Promise<void> {
  const failures: unknown[] = [];
  let inARow = 0;
  for (const step of steps) {
    try {
      await step();
      inARow = 0;
    } catch (cause) {
      failures.push(cause);
      inARow += 1;
      if (inARow === maxFailuresInARow) break;
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} steps failed.`);
}
