import { DomainError } from "#server/base/errors.ts";

/** Rows of a set up to which a computation takes some milliseconds. */
const fewRows = 20_000;
const maxWaiting = 20;

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/**
 * Computes on the rows of a set, or reads them, of large sets one after the other: several at once would take the same time each, and hold up all other requests.
 * @throws DomainError "unavailable" when too many wait
 */
export async function oneAtATime<Result>(rows: number, compute: () => Promise<Result>): Promise<Result> {
  if (rows <= fewRows) return compute();
  if (waiting >= maxWaiting) {
    const message = `${maxWaiting} computations on large evaluation sets are already waiting. Try again in a moment.`;
    throw new DomainError("unavailable", message, { retryAfterSeconds: 5 });
  }
  waiting += 1;
  const turn = last.then(compute);
  last = turn.catch(() => {});
  return turn.finally(() => {
    waiting -= 1;
  });
}
