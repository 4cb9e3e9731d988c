import { logSumExp } from "../log-sum.ts";
import { GridGate, justBelow, worseGrid } from "./grid-gate.ts";
import { type ArmSpread, noSpread } from "./widened-factors.ts";

/** Share of the gate that starts with the first step; the others share the rest. Costs nothing early and finds late harm soon. */
const firstShare = 0.9;

/**
 * The abort gate of a complete rollout: one more grid gate starts with every step, so that the evidence of a late regression is not
 * diluted by hours of healthy traffic. E is their mean with weights that are fixed in advance, where a gate that has not started
 * counts as 1; such a mean is an e-process itself, so one α covers the rollout.
 */
export class RestartGate {
  private readonly gates: GridGate[] = [];
  private readonly logShares: readonly number[];
  /** The largest ln E so far. */
  maxLogE = 0;
  /** An upper limit of ln E now, which costs no exponentials. */
  limit = 0;

  /** @param planned number of planned starts: steps, and hours of monitoring after the last. At least 1. */
  constructor(planned: number) {
    this.logShares = Array.from({ length: planned }, (_, start) => Math.log(startShare(start, planned)));
  }

  /** Starts a gate at the beginning of every step, including the first. Steps beyond the plan start no gate. */
  startStep(): void {
    if (this.gates.length < this.logShares.length) this.gates.push(new GridGate(worseGrid));
  }

  /**
   * Adds events. @param boundary the canary's share of events at the margin: `boundary(weight, margin)`.
   * @param spread dispersion of the arms' events beyond that of independent ones: the canary's are the hits
   */
  add(canaryEvents: number, baselineEvents: number, boundary: number, spread: ArmSpread = noSpread): void {
    this.limit = 0;
    for (const gate of this.gates)
      this.limit = Math.max(this.limit, gate.addOnly(canaryEvents, baselineEvents, boundary, spread));
    if (this.limit > this.maxLogE) this.maxLogE = Math.max(this.maxLogE, this.logE());
  }

  /** Limits evaluation like the method of a grid gate. */
  onlyFrom(line: number): this {
    this.maxLogE = justBelow(line);
    return this;
  }

  logE(): number {
    return logSumExp(this.logShares.map((share, start) => share + (this.gates[start]?.logE() ?? 0)));
  }
}

function startShare(start: number, planned: number): number {
  if (planned === 1) return 1;
  return start === 0 ? firstShare : (1 - firstShare) / (planned - 1);
}
