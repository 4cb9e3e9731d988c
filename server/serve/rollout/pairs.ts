import type { GuardrailMetric } from "#server/serve/rollout/plan/contract.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { isBad } from "./counted-request.ts";
import { outputsDiffer } from "./outputs-differ.ts";
import type { ServedRollout } from "./served-rollout.ts";

/** Result of one version for an input that the other one received too. */
export interface Side {
  status: number;
  /** Without queue and hand-off. */
  latencyMs: number;
  isInvalid: boolean;
  /** Undefined where it gave none. */
  outputs: readonly Tensor[] | undefined;
}

/** Contribution of one pair to one metric. */
export interface PairPeek {
  metric: GuardrailMetric;
  /** Whether only the new version was bad; for "disagreement", whether the predictions differ. */
  isEvent: boolean;
  /** Only the version before was bad. */
  isMiss: boolean;
  /** Whether the version before was good. */
  isStableGood: boolean;
}

type Rules = Pick<ServedRollout, "metrics" | "slowMs" | "outputBins" | "binnedOutput">;

/** Whether a request may be one side of a pair: not one that the client cancelled, or that was rejected by a limit. */
export function isComparable(status: number): boolean {
  return status !== 499 && status !== 503 && status !== 429 && status !== 413;
}

/** Compares the results of both versions for the same input, in the metrics of the rollout. */
export function pairPeeks(stable: Side, canary: Side, rules: Rules): PairPeek[] {
  const peeks: PairPeek[] = [];
  const compare = (metric: GuardrailMetric, test: (side: Side) => boolean) => {
    if (!rules.metrics.includes(metric)) return;
    const [before, after] = [test(stable), test(canary)];
    peeks.push({ metric, isEvent: after && !before, isMiss: before && !after, isStableGood: !before });
  };
  compare("errors", (side) => isBad("errors", side));
  compare("client-errors", (side) => isBad("client-errors", side));
  compare("invalid-outputs", (side) => isBad("invalid-outputs", side));
  compare("slow", ({ latencyMs }) => latencyMs > rules.slowMs);
  if (rules.metrics.includes("disagreement") && stable.outputs && canary.outputs) {
    const isEvent = outputsDiffer(stable.outputs, canary.outputs, rules);
    peeks.push({ metric: "disagreement", isEvent, isMiss: false, isStableGood: true });
  }
  return peeks;
}
