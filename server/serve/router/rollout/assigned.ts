import { checkOutputs } from "../../rollout/check-outputs.ts";
import { countUnit } from "../../rollout/count-rows.ts";
import type { CountedRequest } from "../../rollout/counted-request.ts";
import type { Ledger } from "../../rollout/ledger.ts";
import { copyOutputs } from "../../rollout/outputs-differ.ts";
import type { PairPeek } from "../../rollout/pairs.ts";
import type { RolloutMark, ServedRollout } from "../../rollout/served-rollout.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { LoadedModel } from "../loaded-versions.ts";
import type { RequestLease } from "../request-lease.ts";
import type { RolloutSide } from "./arm-of.ts";

interface Parts {
  rollout: ServedRollout;
  arm: RolloutSide;
  ledger: Ledger;
  /** Undefined if the version was not assigned at random. */
  counted?: CountedRequest | undefined;
  /** Version that also runs a copy after the response. */
  shadowOn?: LoadedModel | undefined;
  /** Set for a copy: hash of the key of its original's unit. */
  copiedUnit?: string;
  /** Whether the times of both versions can be compared. */
  isTimed?: boolean;
}

/** A request of an endpoint with a rollout, and what it is evidence of. */
export class Assigned {
  readonly rollout: ServedRollout;
  readonly arm: RolloutSide;
  shadowOn: LoadedModel | undefined;
  isInvalid = false;
  private isSampled = false;
  /** Prediction returned to the client, stored for the comparison; undefined if there is no comparison or no prediction. */
  outputs: readonly Tensor[] | undefined;
  private readonly counted: CountedRequest | undefined;
  private readonly ledger: Ledger;
  private readonly copiedUnit: string | undefined;
  private readonly isTimed: boolean;

  constructor({ rollout, arm, ledger, counted, shadowOn, copiedUnit, isTimed = true }: Parts) {
    this.rollout = rollout;
    this.arm = arm;
    this.ledger = ledger;
    this.counted = counted;
    this.shadowOn = shadowOn;
    this.copiedUnit = copiedUnit;
    this.isTimed = isTimed;
    if (counted) ledger.add(counted);
  }

  /** Returns the assignment of a request's copy: it counts with its original. */
  static ofCopy({ rollout, arm, ledger, counted }: Assigned): Assigned {
    return new Assigned({ rollout, arm, ledger, copiedUnit: counted?.unit ?? "" });
  }

  private get isCopy(): boolean {
    return this.copiedUnit !== undefined;
  }

  /** Whether its outputs are evaluated. */
  get collectsPictures(): boolean {
    return this.isCopy || this.shadowOn !== undefined || (this.counted !== undefined && !this.counted.isExcluded);
  }

  /** Records whether a draw of its id alone samples it for the log, whatever the response. */
  sample(isSampled: boolean): void {
    this.isSampled = isSampled;
    if (this.counted) this.counted.isSampled = isSampled;
  }

  /** Excludes the request from the counts, since it was served without a run of its own. */
  exclude(): void {
    if (this.counted) this.counted.isExcluded = true;
    this.shadowOn = undefined;
  }

  /**
   * Records the outputs of the model and its pipeline. Call it before the response is written, which may transfer the buffers.
   * @param prediction the outputs that the client receives
   */
  see(outputs: readonly Tensor[], prediction: readonly Tensor[], labels: readonly string[] | undefined): void {
    const { isInvalid, bin } = checkOutputs(outputs, this.rollout, labels);
    this.isInvalid = isInvalid;
    if (this.counted) {
      this.counted.isInvalid = isInvalid;
      this.counted.bin = bin;
    }
    if (this.isCopy || this.shadowOn) this.outputs = copyOutputs(prediction);
  }

  /**
   * Records the end of the request. @param endedAt on the clock of performance.now(). @param cost called if costs are compared.
   * @param ownMs time of the version itself, if it responded
   */
  end(status: number, endedAt: number, cost: () => number | undefined, ownMs?: number): void {
    if (!this.counted) return;
    this.counted.ownMs = ownMs;
    if (this.rollout.metrics.includes("cost")) this.counted.cost = clipped(cost(), this.rollout.costClip);
    this.ledger.end(this.counted, status, endedAt);
  }

  /** Counts the comparison of the request and its copy. */
  pair(peeks: readonly PairPeek[]): void {
    const { step, weight } = this.rollout;
    for (const { metric, isEvent, isMiss, isStableGood } of peeks) {
      if (metric === "slow" && !this.isTimed) continue;
      const row = this.ledger.rows.of(metric, { arm: "pair", step, weight });
      countUnit(row, isEvent, Number(isStableGood));
      if (isMiss) row.misses += 1;
    }
  }

  /** Returns the mark for the prediction log, also of a copy; null for excluded requests. */
  mark({ drawId }: Pick<RequestLease, "drawId">): RolloutMark | null {
    const { isSampled, copiedUnit, counted } = this;
    const { rolloutId: id, step, weight } = this.rollout;
    if (copiedUnit !== undefined)
      return { id, step, weight, unit: copiedUnit || drawId, isSampled, originalId: drawId };
    if (!counted || counted.isExcluded) return null;
    return { id, step: counted.step, weight: counted.weight, unit: counted.unit || drawId, isSampled };
  }
}

/** Clips a cost. Routes that a gateway stored on disk may be from an earlier release, without a limit. */
function clipped(cost: number | undefined, limit: number | null | undefined): number | undefined {
  return cost === undefined ? undefined : Math.min(cost, limit ?? Number.POSITIVE_INFINITY);
}
