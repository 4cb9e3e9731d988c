import type { RolloutMark, ServedRollout } from "../router/served-rollout.ts";
import type { Tensor } from "../tensor.ts";
import type { RolloutSide } from "./arm-of.ts";
import type { CountedRequest } from "./counted-request.ts";
import { judgeOutputs } from "./judge-outputs.ts";
import type { Ledger } from "./ledger.ts";

/** A request of an endpoint with a rollout, and what it counts for. */
export class Assigned {
  readonly rollout: ServedRollout;
  readonly arm: RolloutSide;
  private readonly counted: CountedRequest | undefined;
  private readonly ledger: Ledger;

  /** @param counted undefined where it was not left to chance which version answers */
  constructor(rollout: ServedRollout, arm: RolloutSide, ledger: Ledger, counted: CountedRequest | undefined) {
    this.rollout = rollout;
    this.arm = arm;
    this.ledger = ledger;
    this.counted = counted;
    if (counted) ledger.add(counted);
  }

  /** Whether it is evidence. */
  get counts(): boolean {
    return this.counted !== undefined && !this.counted.isExcluded;
  }

  /** @param id that the client gave; of one that came before, this is a repetition, which does not count */
  identify(id: string | undefined): void {
    if (id && this.counted && this.ledger.isRepeated(id)) this.counted.isExcluded = true;
  }

  /** It is answered without a run of its own, and so by whatever version the answer is of. */
  exclude(): void {
    if (this.counted) this.counted.isExcluded = true;
  }

  /** What the model and its pipeline gave. To be called before the answer is written, since that may take the buffers. */
  see(outputs: readonly Tensor[], labels: readonly string[] | undefined): void {
    if (this.counted) Object.assign(this.counted, judgeOutputs(outputs, this.rollout, labels));
  }

  /** @param endedAt on the clock of performance.now(). @param cost asked where costs are compared */
  end(status: number, endedAt: number, cost: () => number | undefined): void {
    if (!this.counted) return;
    if (this.rollout.metrics.includes("cost")) this.counted.cost = cost();
    this.ledger.end(this.counted, status, endedAt);
  }

  /** For the prediction log; null of what does not count. @param requestId under which it is logged */
  mark(requestId: string): RolloutMark | null {
    if (!this.counted || this.counted.isExcluded) return null;
    const { step, weight, unit } = this.counted;
    return { id: this.rollout.rolloutId, step, weight, unit: unit || requestId };
  }
}
