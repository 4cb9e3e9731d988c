import { expect, test } from "vitest";
import { datasetFacts } from "./dataset-facts.ts";

const dataset = { name: "d", digest: "1", sourceType: "http", schema: null, tags: [] };

test.each([
  ['{"num_rows": 148220}', '{"uri": "s3://b/p"}', { rows: 148220, source: "s3://b/p" }],
  ['{"features_shape": [1080, 1, 8, 8]}', '{"url": "https://x"}', { rows: 1080, source: "https://x" }],
  ["not json", "[]", { rows: undefined, source: undefined }],
  [null, "null", { rows: undefined, source: undefined }],
])("lists the facts of profile %s and source %s", (profile, source, facts) => {
  expect(datasetFacts({ ...dataset, profile, source })).toEqual(facts);
});
