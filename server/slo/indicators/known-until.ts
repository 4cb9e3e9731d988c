import type { Indicator } from "./contract.ts";

/**
 * Up to when an indicator is known: of what is younger than its maturity nothing is counted, so that windows end there and not now.
 * @param now milliseconds since 1970
 */
export function knownUntil(indicator: Indicator, now: number): number {
  return "maturityMs" in indicator ? now - indicator.maturityMs : now;
}
