/** Adds up histograms of the same bins. */
export function sumOfBins(all: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(all[0]?.length ?? 0);
  for (const one of all) {
    for (let bin = 0; bin < sum.length; bin += 1) sum[bin] = (sum[bin] as number) + (one[bin] as number);
  }
  return sum;
}
