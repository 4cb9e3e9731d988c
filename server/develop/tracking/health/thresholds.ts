import { minuteMs } from "#server/base/durations.ts";
import type { KeyValue } from "../contract.ts";
import { silentAfterMs } from "../runs/constants.ts";
import { findingKinds } from "./constants.ts";
import type { FindingKind } from "./contract.ts";

/** Thresholds beyond which there is a finding. */
export interface Thresholds {
  /** A running run that writes nothing for this long is silent; slow ones get three times their longest pause. */
  silentAfterMs: number;
  /** A gradient norm explodes when it is so many times what it was. */
  explodingFactor: number;
  /** A loss diverges when it is this share of its best above its best. */
  divergingShare: number;
  /** Minimum improvement in the last quarter, as a share of the total improvement; below it, a loss is on a plateau. */
  plateauShare: number;
  /** Disabled kinds of findings. */
  off: ReadonlySet<FindingKind>;
}

export const defaultThresholds: Thresholds = {
  silentAfterMs,
  explodingFactor: 20,
  divergingShare: 0.5,
  plateauShare: 0.01,
  off: new Set(),
};

/** Tags of an experiment, or of one run, that change a threshold. */
const numberTags = {
  "leeway.health.silent_minutes": (value: number): Partial<Thresholds> => ({ silentAfterMs: value * minuteMs }),
  "leeway.health.exploding_factor": (value: number): Partial<Thresholds> => ({ explodingFactor: value }),
  "leeway.health.diverging_share": (value: number): Partial<Thresholds> => ({ divergingShare: value }),
  "leeway.health.plateau_share": (value: number): Partial<Thresholds> => ({ plateauShare: value }),
};
const offTag = "leeway.health.off";

/**
 * Returns the thresholds of a run: the defaults, overridden by tags of its experiment, then by its own. A tag that is not a positive number
 * is ignored. "leeway.health.off" lists kinds to leave out: "plateau, diverging".
 */
export function thresholdsOf(experimentTags: readonly KeyValue[], runTags: readonly KeyValue[]): Thresholds {
  let thresholds = defaultThresholds;
  for (const { key, value } of [...experimentTags, ...runTags]) {
    if (key === offTag) {
      const named = value.split(/[\s,]+/);
      thresholds = { ...thresholds, off: new Set(findingKinds.filter((kind) => named.includes(kind))) };
    }
    const number = Number(value);
    const change = numberTags[key as keyof typeof numberTags];
    if (change && number > 0 && Number.isFinite(number)) thresholds = { ...thresholds, ...change(number) };
  }
  return thresholds;
}
