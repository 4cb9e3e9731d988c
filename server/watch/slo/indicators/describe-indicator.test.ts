import { expect, test } from "vitest";
import { describeIndicator } from "./describe-indicator.ts";

const endpointId = "0b5f7f8e-1111-4222-8333-444455556666";

test("describes a latency threshold as configured, without rounding", () => {
  const within = (withinMs: number) =>
    describeIndicator({ kind: "latency", endpointId, withinMs, countsFailures: false }).split(". ")[0];
  expect(within(0.1)).toBe("Share of requests that finish within 0.1\u00a0ms");
  expect(within(125)).toBe("Share of requests that finish within 125\u00a0ms");
  expect(within(1250)).toBe("Share of requests that finish within 1,250\u00a0ms");
  expect(within(3000)).toBe("Share of requests that finish within 3\u00a0s");
  expect(within(100_000)).toBe("Share of requests that finish within 1\u00a0min 40\u00a0s");
});

test("describes an age and a label delay as configured", () => {
  const freshness = describeIndicator({ kind: "freshness", endpointId, maxAgeMs: 4.5 * 3_600_000 });
  expect(freshness).toContain("no older than 4\u00a0h 30\u00a0min");
  const timely = (maturityMs: number, of: "sampled" | "audit" = "sampled") =>
    describeIndicator({ kind: "label-timeliness", endpointId, maturityMs, of });
  expect(timely(26.5 * 3_600_000)).toContain("within 1\u00a0d 2\u00a0h 30\u00a0min.");
  expect(timely(0)).toContain("within 0\u00a0ms.");
  expect(timely(7 * 86_400_000, "audit")).toBe(
    "Share of predictions drawn at random by label projects that are labelled within 7\u00a0d. Dropped ones count as late.",
  );
});
