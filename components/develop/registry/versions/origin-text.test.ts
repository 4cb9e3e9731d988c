import { expect, test } from "vitest";
import { isUploaded, originWithoutRun } from "./origin-text.ts";

test.each([
  [`mlflow-artifacts:/models/${"a1".repeat(32)}`, "none, uploaded directly", true],
  ["runs:/0123abcd/model", "unknown; its files come from run 0123abcd", false],
  ["mlflow-artifacts:/3/0123abcd/artifacts/model", "none recorded", false],
  ["s3://bucket/models/digits", "none recorded", false],
])("describes the origin of %s as: %s", (source, words, uploaded) => {
  expect([originWithoutRun(source), isUploaded(source)]).toEqual([words, uploaded]);
});
