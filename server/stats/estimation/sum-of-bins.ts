/** Adds two histograms of the same bins. */
export function sumOfBins(a: Float64Array, b: Float64Array): Float64Array {
  const sum = new Float64Array(a.length);
  for (let bin = 0; bin < sum.length; bin += 1) sum[bin] = (a[bin] as number) + (b[bin] as number);
  return sum;
}
