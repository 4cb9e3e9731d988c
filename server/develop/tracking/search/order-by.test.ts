import { expect, test } from "vitest";
import { runOrderVocabulary } from "../runs/vocabulary.ts";
import { parseOrder } from "./order-by.ts";

const parse = (...elements: string[]) => parseOrder(elements, runOrderVocabulary);

test("parses a name and an optional direction", () => {
  expect(parse("metrics.`my acc` desc", "created")).toEqual([
    { subject: { entity: "metric", key: "my acc" }, type: "number", isDescending: true },
    { subject: { entity: "attribute", key: "start_time" }, type: "number", isDescending: false },
  ]);
});

test.each([
  [["metrics.acc", "metric.acc DESC"], "contains duplicate fields"],
  [["start_time", "created"], "contains duplicate fields"],
  [["metrics.acc descending"], "Invalid ordering key in order_by clause 'metrics.acc descending'."],
  [["metrics.acc DESC NULLS LAST"], "Invalid ordering key"],
  [[""], "Invalid order_by clause ''. Could not be parsed."],
  [["metrics.a-b"], "Invalid ordering key"],
  [["metrics.acc, params.opt"], "Invalid ordering key"],
  [["`run name`"], "Invalid attribute key 'run name'"],
  [["datasets.name"], "Invalid entity type 'datasets'"],
])("rejects %j: %s", (elements, message) => {
  expect(() => parse(...elements)).toThrow(message);
});
