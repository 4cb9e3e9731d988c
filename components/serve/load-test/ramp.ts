/** Rates from the first to the last in equal steps, with three figures each; one rate when there is one step. */
export function ramp(first: number, last: number, steps: number): number[] {
  if (steps <= 1 || last <= first) return [first];
  const rates = Array.from({ length: steps }, (_, step) => first + ((last - first) * step) / (steps - 1));
  return [...new Set(rates.map((rate) => Number(rate.toPrecision(3))))];
}
