import { expect, test } from "vitest";
import type { LabelValue } from "#server/improve/labelling/contract.ts";
import { formatLabelValue } from "./describe-value.ts";

const box = { x: 0, y: 0, width: 1, height: 1 };

test.each<[LabelValue | null, string]>([
  [null, "cannot tell"],
  [{ kind: "class", label: "d" }, "Dent"],
  [{ kind: "class", label: "toString" }, "toString"],
  [{ kind: "multilabel", labels: ["d", "wet"] }, "Dent, wet"],
  [{ kind: "multilabel", labels: [] }, "–"],
  [{ kind: "boxes", boxes: [] }, "no boxes"],
  [
    {
      kind: "boxes",
      boxes: [
        { label: "d", ...box },
        { label: "d", ...box },
      ],
    },
    "2\u00a0boxes: Dent",
  ],
  [{ kind: "spans", spans: [{ label: "late", start: 0, end: 2 }] }, "late"],
  [{ kind: "number", number: 4.2 }, "4.2"],
  [{ kind: "ordinal", rating: 4 }, "4"],
])("formats %j", (value, expected) => {
  expect(formatLabelValue(value, { d: "Dent" })).toBe(expected);
});
