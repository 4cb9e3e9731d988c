/** Computes ln Σ exp(values), without overflow; −∞ for no values. */
export function logSumExp(values: ArrayLike<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index += 1) largest = Math.max(largest, values[index] as number);
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += Math.exp((values[index] as number) - largest);
  return largest + Math.log(sum);
}
