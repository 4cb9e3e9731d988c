import { expect, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import { FeatureError } from "#server/develop/features/feature-error.ts";
import { InferenceFailure } from "../../pool/failure.ts";
import { isComparable } from "../../rollout/pairs.ts";
import { outcomeOfCopy } from "./outcome-of-copy.ts";

test("reports a failed copy as a live request, and compares none whose features were refused", () => {
  const causes = [
    new InferenceFailure("features_stale", "too old"),
    new InferenceFailure("features_missing", "missing"),
    new FeatureError("invalid", "key-unknown", "unknown key"),
    new InferenceFailure("deadline", "late"),
    new InferenceFailure("model", "failed"),
    new DomainError("invalid", "bad input"),
  ];
  const outcomes = causes.map(outcomeOfCopy);
  expect(outcomes.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
    "503 features_stale",
    "503 features_missing",
    "422 features_key-unknown",
    "504 deadline",
    "500 model",
    "400 invalid",
  ]);
  expect(outcomes.map(({ status }) => isComparable(status))).toEqual([false, false, true, true, true, true]);
});
