import { expect, test } from "vitest";
import { burnBadge } from "./triage-text.ts";

type Line = Parameters<typeof burnBadge>[0];

/** A page whose SLO has the workbook's two page rules, of which some fire. */
function line(fires: readonly boolean[], row: Partial<Line["row"]> = {}): Line {
  const tiers = [14.4, 6].map((factor, at) => {
    const tier = { severity: "page" as const, longMinutes: 60, shortMinutes: 5, factor, forMinutes: 0 };
    return { tier, isFiring: fires[at] ?? false };
  });
  return { row: { state: "unacknowledged", severity: "page", alerts: 1, stage: null, ...row }, slo: { tiers } };
}

test("calls a page burning fast only while its fast rule fires", () => {
  expect(burnBadge(line([true, true])).word).toBe("Burning fast");
  expect(burnBadge(line([false, true])).word).toBe("Burning");
  // Without traffic nothing burns.
  expect(burnBadge(line([false, false]))).toEqual({ state: "missed", word: "Page" });
  expect(burnBadge(line([true], { state: "quiet" })).word).toBe("No firing alerts");
});
