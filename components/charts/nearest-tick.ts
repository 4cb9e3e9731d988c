/**
 * The place of the cursor in another chart with the same `syncId`: the point nearest to the one under it. Thinned curves of two
 * metrics seldom have points at the same steps.
 */
export function nearestTick(ticks: readonly { value?: unknown }[], { activeLabel }: { activeLabel?: unknown }): number {
  const at = Number(activeLabel);
  let nearest = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, { value }] of ticks.entries()) {
    const distance = Math.abs(Number(value) - at);
    if (distance < least) [nearest, least] = [index, distance];
  }
  return nearest;
}
