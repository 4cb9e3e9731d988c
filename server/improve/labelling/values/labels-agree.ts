import { boxAgreement } from "#server/stats/labelling/box-agreement.ts";
import { spanAgreement } from "#server/stats/labelling/span-agreement.ts";
import type { AnswerControl, LabelValue } from "../contract.ts";

/** Mean overlap of boxes, and share of equal spans, from which two answers say the same. */
const sameDrawing = 0.7;
/** Difference of two numbers, as a share of the larger one, up to which they are the same where a control has no step. */
const sameNumber = 0.05;

/**
 * Returns whether two answers to a task say the same: the same class, classes, rating or text; numbers within a step of the control, or
 * within 5 %; boxes that overlap by 0.7 and spans that are equal by 0.7 on average. docs/spec/labelling.md section 4.5.
 */
export function labelsAgree(a: LabelValue, b: LabelValue, { step }: Pick<AnswerControl, "step">): boolean {
  if (a.kind === "class" && b.kind === "class") return a.label === b.label;
  if (a.kind === "ordinal" && b.kind === "ordinal") return a.rating === b.rating;
  if (a.kind === "multilabel" && b.kind === "multilabel") return sameSet(a.labels, b.labels);
  if (a.kind === "text" && b.kind === "text") return plain(a.text) === plain(b.text);
  if (a.kind === "number" && b.kind === "number") {
    const allowed = step ?? sameNumber * Math.max(Math.abs(a.number), Math.abs(b.number));
    return Math.abs(a.number - b.number) <= allowed;
  }
  if (a.kind === "boxes" && b.kind === "boxes") return boxAgreement(a.boxes, b.boxes).agreement >= sameDrawing;
  if (a.kind === "spans" && b.kind === "spans") {
    return (spanAgreement(a.spans, b.spans).strict.f1 ?? 1) >= sameDrawing;
  }
  return false;
}

/** Returns a labelsAgree for one control that remembers what it said about two values, which are the same objects. */
export function rememberAgreement(): typeof labelsAgree {
  const known = new WeakMap<LabelValue, WeakMap<LabelValue, boolean>>();
  return (a, b, control) => {
    const ofFirst = known.get(a) ?? new WeakMap<LabelValue, boolean>();
    known.set(a, ofFirst);
    const found = ofFirst.get(b) ?? labelsAgree(a, b, control);
    ofFirst.set(b, found);
    return found;
  };
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const [one, other] = [new Set(a), new Set(b)];
  return one.size === other.size && [...one].every((each) => other.has(each));
}

/** A text without what typing it anew changes: form of characters, case, and runs of spaces. */
const plain = (text: string) => text.normalize("NFKC").toLowerCase().replaceAll(/\s+/g, " ").trim();
