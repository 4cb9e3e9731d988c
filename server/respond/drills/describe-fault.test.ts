import { expect, test } from "vitest";
import type { Fault } from "#server/serve/faults/contract.ts";
import { describeFault } from "./describe-fault.ts";

const plan = { scope: "requests" as const, share: 0.1, minutes: 15 };

test.each<[Fault, string]>([
  [{ kind: "latency", delayMs: 120, jitterMs: 20 }, "+120 ± 20 ms on 10% of requests for 15 min"],
  [{ kind: "errors", status: 503 }, "errors 503 on 10% of requests for 15 min"],
  [{ kind: "dropped-feature", feature: "amount", as: "missing" }, "amount missing on 10% of requests for 15 min"],
  [{ kind: "model-worker-lost" }, "model worker lost for 15 min"],
])("describes %j", (fault, words) => {
  expect(describeFault({ ...plan, fault }).replaceAll("\u00a0", " ")).toBe(words);
});

test("names the header instead of a share", () => {
  const fault = { kind: "errors" as const, status: 429 as const };
  expect(describeFault({ ...plan, scope: "header", fault })).toContain("errors 429 on requests with the header");
});
