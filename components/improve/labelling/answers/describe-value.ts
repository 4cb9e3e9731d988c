import { formatNumber, noValue, plural } from "#components/ui/format.ts";
import type { LabelValue } from "#server/improve/labelling/contract.ts";

/** Formats an answer in a line: "dent", "2 boxes: crush, wet", "4.2"; one box or span by its label. @param titles what people see for a class, by its name */
export function formatLabelValue(value: LabelValue | null, titles: Readonly<Record<string, string>> = {}): string {
  if (value === null) return "cannot tell";
  const titleOf = (name: string) => (Object.hasOwn(titles, name) ? (titles[name] as string) : name);
  switch (value.kind) {
    case "class":
      return titleOf(value.label);
    case "multilabel":
      return value.labels.length === 0 ? noValue : value.labels.map(titleOf).join(", ");
    case "boxes":
      return value.boxes.length === 0 ? "no boxes" : regions(value.boxes, "box", "boxes", titleOf);
    case "spans":
      return value.spans.length === 0 ? "no spans" : regions(value.spans, "span", "spans", titleOf);
    case "number":
      return formatNumber(value.number);
    case "text":
      return value.text;
    case "ordinal":
      return `${value.rating}`;
  }
}

function regions(
  labelled: readonly { label: string }[],
  one: string,
  many: string,
  titleOf: (name: string) => string,
): string {
  const labels = [...new Set(labelled.map(({ label }) => titleOf(label)))];
  return labelled.length === 1 ? labels.join() : `${plural(labelled.length, one, many)}: ${labels.join(", ")}`;
}
