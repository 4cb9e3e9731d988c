import type { EvaluationTask } from "#server/release/evaluation/contract.ts";
import type { LabelTaskKind } from "../contract.ts";

/** What the labels of a project are in an evaluation set. A rating is a number: what it is off by counts. */
const kinds = {
  class: "classification",
  multilabel: "multilabel",
  boxes: "boxes",
  spans: "spans",
  number: "regression",
  ordinal: "regression",
  text: "transcription",
} as const satisfies Record<LabelTaskKind, EvaluationTask["kind"]>;

/** Returns the kind of evaluation that labels of a project ask for. */
export function frozenTask(kind: LabelTaskKind): { kind: (typeof kinds)[LabelTaskKind]; label: string } {
  return { kind: kinds[kind], label: "label" };
}
