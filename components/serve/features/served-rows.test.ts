import { expect, test } from "vitest";
import type { ServedFeatures } from "#server/serve/features/contract.ts";
import { servedCount, servedLines } from "./served-rows.ts";

const servedAt = 10_000_000;
const features: ServedFeatures = {
  servedAt,
  views: [
    {
      viewId: "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
      view: "driver_stats",
      number: 1,
      version: 1,
      rows: [
        { key: "01", eventAt: servedAt - 1_500_000, createdAt: servedAt, source: "asked" },
        { key: "02", eventAt: null, createdAt: null, source: "asked", isLate: true },
      ],
      features: [
        {
          name: "conv_rate",
          values: [0.5, 0.12],
          statuses: ["PRESENT", "NOT_FOUND"],
          sources: ["store", "imputed"],
          isRedacted: false,
        },
        {
          name: "acc_rate",
          values: [null, null],
          statuses: ["PRESENT", "PRESENT"],
          sources: ["request", "request"],
          isRedacted: true,
        },
      ],
    },
  ],
};

test("describes what a request got, row by row", () => {
  const lines = servedLines(features).map(({ row, feature, value, age, source, status }) => {
    return [row, feature, value, age, source, status];
  });
  expect(lines).toEqual([
    [0, "conv_rate", "0.5000", "1.5\u00a0s", "Stored", "Found"],
    [0, "acc_rate", "Redacted", "–", "In the request", "–"],
    [1, "conv_rate", "0.1200", "–", "Imputed", "Not in time"],
    [1, "acc_rate", "Redacted", "–", "In the request", "–"],
  ]);
});

test("shows a hundred values, and counts all", () => {
  const [view] = features.views;
  if (!view) throw new Error("There is a view.");
  const many = { ...features, views: [{ ...view, rows: Array.from({ length: 80 }, () => view.rows[0] as never) }] };
  expect([servedLines(many).length, servedCount(many)]).toEqual([100, 160]);
});
