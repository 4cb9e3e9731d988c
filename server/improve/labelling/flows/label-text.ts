import type { LabelValue } from "../contract.ts";

/** Writes a label as the prediction log and datasets have it: classes by name, numbers and texts as they are, everything else as JSON. */
export function labelText(value: LabelValue): string {
  switch (value.kind) {
    case "class":
      return value.label;
    case "number":
      return String(value.number);
    case "ordinal":
      return String(value.rating);
    case "text":
      return value.text;
    case "multilabel":
      return JSON.stringify([...new Set(value.labels)].sort());
    case "boxes":
      return JSON.stringify(value.boxes);
    case "spans":
      return JSON.stringify(value.spans);
  }
}
