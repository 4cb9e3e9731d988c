import { boxAgreement } from "#server/stats/labelling/box-agreement.ts";
import type { LabelValue } from "../contract.ts";
import type { TaskDecision } from "./decide-task.ts";

/** Overlap from which two boxes are the same for training: the strictest threshold of mean average precision. */
const sameBox = 0.95;

/**
 * Returns the label of a decision, or the earlier one where both are merged boxes that hardly differ. A mean of boxes moves with each change of what
 * is known of its annotators, by hundredths of a percent: nobody changed the label then, and it is none to train on again.
 * docs/spec/labelling.md section 6.4.
 */
export function keepMergedLabel(
  { label, method }: Pick<TaskDecision, "label" | "method">,
  earlier: { value: LabelValue; method: string } | null,
): LabelValue | null {
  if (method !== "merge" || earlier?.method !== "merge") return label;
  if (label?.kind !== "boxes" || earlier.value.kind !== "boxes") return label;
  const { iou, matched } = boxAgreement(label.boxes, earlier.value.boxes);
  const isSameNumber = matched.length === label.boxes.length && matched.length === earlier.value.boxes.length;
  return isSameNumber && matched.every(([at, other]) => (iou[at]?.[other] ?? 0) >= sameBox) ? earlier.value : label;
}
