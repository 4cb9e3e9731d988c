/**
 * Returns the steps at which MLflow draws several series: all if there are at most `limit`; otherwise that many, evenly by position, with
 * the last; and the first and last of each series. Source: docs/spec/mlflow-rest.md section 8.3.
 * @param series steps of each, in order, as often as they occur.
 * @returns in order.
 */
export function sampleSteps(series: readonly Float64Array[], limit: number): Float64Array {
  const all = distinct(series.length === 1 ? (series[0] as Float64Array) : sorted(series));
  if (all.length <= limit) return all;
  const chosen = Array.from(
    { length: limit },
    (_, position) => all[Math.floor((position * all.length) / limit)] as number,
  );
  chosen.push(all.at(-1) as number);
  for (const steps of series) chosen.push(...steps.subarray(0, 1), ...steps.subarray(-1));
  return distinct(Float64Array.from(chosen).sort());
}

/** Returns all steps of some parts, in order. */
export function sorted(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((count, { length }) => count + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  for (let index = 1; index < all.length; index++) {
    if ((all[index] as number) < (all[index - 1] as number)) return all.sort();
  }
  return all;
}

/** Uses a loop: a function call for each of a hundred thousand steps takes several times as long. */
function distinct(steps: Float64Array): Float64Array {
  const found = new Float64Array(steps.length);
  let count = 0;
  for (let index = 0; index < steps.length; index++) {
    if (index === 0 || steps[index] !== steps[index - 1]) found[count++] = steps[index] as number;
  }
  return found.subarray(0, count);
}
