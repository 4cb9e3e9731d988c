import { expect, test } from "vitest";
import { referenceFeatures } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { seededRandom } from "#server/stats/random.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { countBytes, profiled } from "../../../../testing/fixtures/monitoring/drift/testing.ts";
import { newLateness, newReference } from "../../../../testing/fixtures/monitoring/quality/testing.ts";
import { storeStates } from "../../history/store-states.ts";
import { setMonitor } from "../../settings/set-monitor.ts";
import { packState } from "../../state/pack-state.ts";
import { addScore, emptyScores } from "../../state/scores.ts";
import { getDrift } from "./get-drift.ts";

const random = seededRandom(11);
const minute = Math.floor((Date.now() - hourMs) / 60_000) * 60_000;
const drawn = (rows: number, spread: number) => Array.from({ length: rows }, () => 0.5 + spread * (random() - 0.5));

/** Creates a reference with confident scores, and the counts of a gateway from an hour ago. */
async function served(ctx: Context, scores: number[]) {
  const of = await newLateness(ctx);
  await deployVersion(ctx, { endpointId: of.endpointId, model: "lateness", version: 1, reason: "x" });
  const { workspaceId } = ctx.actor;
  const profileId = await newReference(ctx, of.versionId, { rows: 5000 });
  const features = profiled({ score: drawn(5000, 1) }, ["score"]);
  await ctx.db
    .insert(referenceFeatures)
    .values(features.map((feature, ordinal) => ({ workspaceId, profileId, ordinal, ...feature })));
  const state = countBytes(features, { score: scores });
  const kept = emptyScores();
  for (const score of scores) addScore(kept, score);
  state.scores.set("", kept);
  const key = { workspaceId, ...of, profileId, arm: "stable" as const, segment: "" };
  await storeStates(ctx.db, "g1", [{ ...key, start: minute, rows: scores.length, state: packState(state) }]);
  return of;
}

test(
  "states the estimated regression of the window in the headline, and when labels can confirm it",
  inWorkspace(async (ctx) => {
    const { endpointId } = await served(ctx, drawn(2000, 0.4));
    const report = await getDrift(as(ctx, "viewer"), { endpointId, range: "24h" });
    // Scores spread over 1 are right in 75 of 100, over 0.4 in 60.
    expect(report.harm?.reference.value).toBeCloseTo(0.75, 1);
    expect(report.harm?.estimated.value).toBeCloseTo(0.6, 1);
    expect(report.harm).toMatchObject({ metric: "accuracy", verdict: "worse", labelsDueAt: null });
    expect(report.headline).toMatch(
      /^Predictions changed .*; accuracy is probably \d.* to \d.* points lower than in the reference\.$/,
    );
    await setMonitor(ctx, { endpointId, settings: { maturityMs: 3 * dayMs }, reason: "Claims take three days." });
    const received = await getDrift(ctx, { endpointId, range: "24h" });
    expect(received.harm?.labelsDueAt?.getTime()).toBe(received.to.getTime() + 3 * dayMs);
    expect(received.harm?.labelWords).toMatch(/^Labels to confirm the estimate arrive by \d+ \w+ \(3\sd after/);
  }),
);

test(
  "keeps the drift headline when scores match the reference",
  inWorkspace(async (ctx) => {
    const { endpointId } = await served(ctx, drawn(2000, 1));
    const report = await getDrift(ctx, { endpointId, range: "24h" });
    expect(report.harm).toMatchObject({ verdict: "same" });
    expect(report.headline).toBe(report.verdict?.words);
  }),
);
