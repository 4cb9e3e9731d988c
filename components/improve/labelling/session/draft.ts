import { type BoxDraft, emptyBoxes } from "#components/improve/labelling/boxes/box-editor.ts";
import { emptySpans, type SpanDraft } from "#components/improve/labelling/spans/span-editor.ts";
import { formatNumber } from "#components/ui/format.ts";
import type { AnswerControl, LabelValue } from "#server/improve/labelling/contract.ts";

/** An answer while it is given. Only the part of the task kind is used. */
export interface Draft {
  /** Chosen class, for a page that submits it later; classes are otherwise answered by their key alone. */
  label: string | null;
  labels: string[];
  boxes: BoxDraft;
  spans: SpanDraft;
  /** What the field of a number or a text holds. */
  text: string;
  rating: number | null;
  note: string;
  /** Whether the prediction was on screen. */
  shownPrediction: boolean;
}

/** Returns the draft with which a task opens. @param earlier answer that was undone @param note its note */
export function newDraft({ classes }: Pick<AnswerControl, "classes">, earlier: LabelValue | null, note = ""): Draft {
  return {
    label: earlier?.kind === "class" ? earlier.label : null,
    labels: earlier?.kind === "multilabel" ? earlier.labels : [],
    boxes: emptyBoxes(classes[0]?.name ?? "", earlier?.kind === "boxes" ? earlier.boxes : []),
    spans: emptySpans(earlier?.kind === "spans" ? earlier.spans : []),
    text: earlier?.kind === "number" ? String(earlier.number) : earlier?.kind === "text" ? earlier.text : "",
    rating: earlier?.kind === "ordinal" ? earlier.rating : null,
    note,
    shownPrediction: false,
  };
}

/** Adds a class to the chosen ones, or removes it. The order is that of the configuration. */
export function toggleLabel(draft: Draft, { classes }: Pick<AnswerControl, "classes">, name: string): Draft {
  const chosen = draft.labels.includes(name) ? draft.labels.filter((other) => other !== name) : [...draft.labels, name];
  return { ...draft, labels: classes.map((each) => each.name).filter((each) => chosen.includes(each)) };
}

/** Returns the answer, or what is missing. */
export function readDraft(control: AnswerControl, draft: Draft): { value: LabelValue } | { problem: string } {
  switch (control.kind) {
    case "class":
      return draft.label === null ? { problem: "Choose a class." } : { value: { kind: "class", label: draft.label } };
    case "multilabel":
      return control.isRequired && draft.labels.length === 0
        ? { problem: "Choose at least one class." }
        : { value: { kind: "multilabel", labels: draft.labels } };
    case "boxes":
      return { value: { kind: "boxes", boxes: draft.boxes.boxes } };
    case "spans":
      return { value: { kind: "spans", spans: draft.spans.spans } };
    case "number":
      return readNumber(control, draft.text);
    case "text":
      return draft.text.trim() === "" && control.isRequired
        ? { problem: "Enter a text." }
        : { value: { kind: "text", text: draft.text } };
    case "ordinal":
      return draft.rating === null
        ? { problem: "Choose a rating." }
        : { value: { kind: "ordinal", rating: draft.rating } };
  }
}

function readNumber({ min, max, step }: AnswerControl, text: string): { value: LabelValue } | { problem: string } {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) return { problem: "Enter a number, with a point for decimals." };
  if (min !== undefined && number < min) return { problem: `Must be at least ${formatNumber(min)}.` };
  if (max !== undefined && number > max) return { problem: `Must be at most ${formatNumber(max)}.` };
  // Decimal steps are not exact in binary.
  const steps = step ? (number - (min ?? 0)) / step : 0;
  if (Math.abs(steps - Math.round(steps)) > 1e-6) return { problem: `Must be in steps of ${formatNumber(step)}.` };
  return { value: { kind: "number", number } };
}
