import { checkOutputs } from "../../rollout/check-outputs.ts";
import { countUnit } from "../../rollout/count-rows.ts";
import type { CountedRequest } from "../../rollout/counted-request.ts";
import type { Ledger } from "../../rollout/ledger.ts";
import { copyOutputs } from "../../rollout/outputs-differ.ts";
import type { PairPeek } from "../../rollout/pairs.ts";
import type { RolloutMark, ServedRollout } from "../../rollout/served-rollout.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { LoadedModel } from "../loaded-versions.ts";
import type { RolloutSide } from "./arm-of.ts";

interface Parts {
  rollout: ServedRollout;
  arm: RolloutSide;
  ledger: Ledger;
  /** Undefined where it was not left to chance which version answers. */
  counted?: CountedRequest | undefined;
  /** The version that it runs on too when it has been answered. */
  shadowOn?: LoadedModel | undefined;
  /** Set of a copy: stands for the key of its original's unit. */
  copiedUnit?: string;
}

/** A request of an endpoint with a rollout, and what it is evidence of. */
export class Assigned {
  readonly rollout: ServedRollout;
  readonly arm: RolloutSide;
  shadowOn: LoadedModel | undefined;
  isInvalid = false;
  private isSampled = false;
  /** What the client was answered, kept to be compared; undefined where it is not, or nothing was. */
  outputs: readonly Tensor[] | undefined;
  private readonly counted: CountedRequest | undefined;
  private readonly ledger: Ledger;
  private readonly copiedUnit: string | undefined;

  constructor({ rollout, arm, ledger, counted, shadowOn, copiedUnit }: Parts) {
    this.rollout = rollout;
    this.arm = arm;
    this.ledger = ledger;
    this.counted = counted;
    this.shadowOn = shadowOn;
    this.copiedUnit = copiedUnit;
    if (counted) ledger.add(counted);
  }

  /** What a copy of a request is seen by: it counts with its original. */
  static ofCopy({ rollout, arm, ledger, counted }: Assigned): Assigned {
    return new Assigned({ rollout, arm, ledger, copiedUnit: counted?.unit ?? "" });
  }

  private get isCopy(): boolean {
    return this.copiedUnit !== undefined;
  }

  /** Whether its outputs are looked at. */
  get collectsPictures(): boolean {
    return this.isCopy || this.shadowOn !== undefined || (this.counted !== undefined && !this.counted.isExcluded);
  }

  /** @param id that the client gave; of one that came before, this is a repetition, which does not count */
  identify(id: string | undefined): void {
    if (id && !this.isCopy && this.collectsPictures && this.ledger.isRepeated(id)) this.exclude();
  }

  /** Whether the log keeps it by a draw of its id alone, whatever the answer. */
  sample(isSampled: boolean): void {
    this.isSampled = isSampled;
    if (this.counted) this.counted.isSampled = isSampled;
  }

  /** It does not count: a repetition, or answered without a run of its own. */
  exclude(): void {
    if (this.counted) this.counted.isExcluded = true;
    this.shadowOn = undefined;
  }

  /**
   * What the model and its pipeline gave. To be called before the answer is written, since that may take the buffers.
   * @param prediction what the client gets of it
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

  /** @param endedAt on the clock of performance.now(). @param cost asked where costs are compared */
  end(status: number, endedAt: number, cost: () => number | undefined): void {
    if (!this.counted) return;
    if (this.rollout.metrics.includes("cost")) this.counted.cost = clipped(cost(), this.rollout.costClip);
    this.ledger.end(this.counted, status, endedAt);
  }

  /** Counts what it and its copy said. */
  pair(peeks: readonly PairPeek[]): void {
    const { step, weight } = this.rollout;
    for (const { metric, isEvent, isMiss } of peeks) {
      const row = this.ledger.rows.of(metric, { arm: "pair", step, weight });
      countUnit(row, isEvent);
      if (isMiss) row.misses += 1;
    }
  }

  /** For the prediction log, also of a copy; null of what does not count. @param requestId under which it is logged */
  mark(requestId: string): RolloutMark | null {
    const { isSampled, copiedUnit, counted } = this;
    const { rolloutId: id, step, weight } = this.rollout;
    if (copiedUnit !== undefined) return { id, step, weight, unit: copiedUnit || requestId, isSampled };
    if (!counted || counted.isExcluded) return null;
    return { id, step: counted.step, weight: counted.weight, unit: counted.unit || requestId, isSampled };
  }
}

/** Routes that a gateway kept on its disk may be of an earlier release, without a limit. */
function clipped(cost: number | undefined, limit: number | null | undefined): number | undefined {
  return cost === undefined ? undefined : Math.min(cost, limit ?? Number.POSITIVE_INFINITY);
}
