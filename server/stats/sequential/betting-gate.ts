import { logSumExp } from "../log-sum.ts";
import { geometricGrid } from "./grid-gate.ts";

/** Shares of the largest possible bet. */
export const betFractions = geometricGrid(0.01, 0.9, 12).map(Math.exp);

/**
 * Test of "the mean of bounded values is at most a limit", exact and valid however often one looks: E is the mean over bets
 * λ = c / (limit − least) of Π (1 + λ(y − limit)) (Waudby-Smith & Ramdas, "Estimating means of bounded random variables by
 * betting", JRSS-B 86, 2023, with fixed bets).
 */
export class BettingGate {
  private readonly logs = new Float64Array(betFractions.length);
  private readonly limit: number;
  private readonly least: number;
  /** The largest ln E so far. */
  maxLogE = 0;

  /** @param limit the tolerated mean. @param least what no value falls below, less than the limit. */
  constructor(limit: number, least: number) {
    this.limit = limit;
    this.least = least;
  }

  /** Adds a value, or as many of the same. */
  add(value: number, times = 1): void {
    for (const [index, fraction] of betFractions.entries()) {
      const gain = Math.log1p((fraction / (this.limit - this.least)) * (value - this.limit));
      this.logs[index] = (this.logs[index] as number) + times * gain;
    }
    this.maxLogE = Math.max(this.maxLogE, this.logE());
  }

  logE(): number {
    return logSumExp(this.logs) - Math.log(this.logs.length);
  }
}
