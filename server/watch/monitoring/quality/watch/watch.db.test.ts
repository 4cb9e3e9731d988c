import { expect, test } from "vitest";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { goldenRows } from "#server/stats/estimation/lcg-testing.ts";
import { newSlo } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { readSource } from "#server/watch/slo/indicators/read-source.ts";
import {
  logPredictions,
  newLateness,
  newReference,
  storeScores,
} from "../../../../testing/fixtures/monitoring/quality/testing.ts";
import { listFindings } from "../../findings/queries.ts";
import { setMonitor } from "../../settings/set-monitor.ts";
import { recountEndpoint } from "../counts/recount-endpoint.ts";
import { watchFairness, watchQuality } from "./watch-quality.ts";

const { p } = goldenRows();
const now = Date.now();

test(
  "finds labels and estimates below an objective once, pages only for labels, and closes both with the cause",
  inWorkspace(async (ctx) => {
    const of = await newLateness(ctx);
    const { endpointId } = of;
    const profileId = await newReference(ctx, of.versionId);
    // Every label contradicts its prediction.
    const predictions = p.slice(0, 200).map((score) => {
      return { at: new Date(now - 3 * hourMs), score, truth: score >= 0.5 ? "on time" : "late", lagMs: 60_000 };
    });
    await logPredictions(ctx, of, predictions);
    await storeScores(ctx, { ...of, profileId }, predictions);
    await recountEndpoint(ctx, { endpointId, now });
    await watchQuality(ctx, endpointId, now, notifyAfterChange);
    expect(await listFindings(ctx, { endpointId })).toEqual([]);
    await newSlo(ctx, { kind: "estimated-quality", endpointId }, { name: "right", target: 0.95 });
    await watchQuality(ctx, endpointId, now, notifyAfterChange);
    await watchQuality(ctx, endpointId, now, notifyAfterChange);
    const found = await listFindings(ctx, { endpointId });
    expect(found.map(({ watcher, severity }) => `${watcher} ${severity}`).sort()).toEqual([
      "estimate ticket",
      "quality page",
    ]);
    await setMonitor(ctx, { endpointId, settings: { isOn: false }, reason: "x" });
    await watchQuality(ctx, endpointId, now, notifyAfterChange);
    await watchFairness(ctx, endpointId, now, notifyAfterChange);
    expect(await listFindings(ctx, { endpointId })).toEqual([]);
  }),
);

test(
  "counts each prediction of the SLI by probability per minute, and none without a reference",
  inWorkspace(async (ctx) => {
    const of = await newLateness(ctx);
    const { workspaceId } = ctx.actor;
    const minute = Math.floor(now / 60_000) * 60_000 - 10 * 60_000;
    const profileId = await newReference(ctx, of.versionId);
    const predictions = [0.9, 0.2, 0.6].map((score) => ({ at: new Date(minute), score }));
    await storeScores(ctx, { ...of, profileId }, predictions);
    const count = (endpointId: string) =>
      readSource(ctx.db, [{ id: "s", workspaceId, indicator: { kind: "estimated-quality", endpointId } }], {
        from: minute - dayMs,
        to: minute + 60_000,
      });
    expect(await count(of.endpointId)).toEqual([
      { seriesId: "s", versionId: of.versionId, minute, good: expect.closeTo(0.9 + 0.8 + 0.6, 6), total: 3 },
    ]);
    const other = await newLateness(ctx, "other");
    expect(await count(other.endpointId)).toEqual([]);
  }),
);
