import { expect, test } from "vitest";
import { isUploaded, originWithoutRun } from "./origin-words.ts";

test.each([
  [`mlflow-artifacts:/models/${"a1".repeat(32)}`, "none, the file was uploaded", true],
  ["runs:/0123abcd/model", "not named, its files are those of run 0123abcd", false],
  ["mlflow-artifacts:/3/0123abcd/artifacts/model", "none named", false],
  ["s3://bucket/models/digits", "none named", false],
])("%s: %s", (source, words, uploaded) => {
  expect([originWithoutRun(source), isUploaded(source)]).toEqual([words, uploaded]);
});
