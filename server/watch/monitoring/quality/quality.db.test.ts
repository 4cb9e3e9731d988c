import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { goldenRows } from "#server/stats/estimation/lcg-testing.ts";
import { newSlo } from "#server/testing/fixtures/slo/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import {
  logPredictions,
  newLateness,
  newReference,
  type ScoredPrediction,
  storeScores,
} from "../../../testing/fixtures/monitoring/quality/testing.ts";
import { setMonitor } from "../settings/set-monitor.ts";
import { recountEndpoint } from "./counts/recount-endpoint.ts";
import { getLabelMaturity, getQuality, getQualityBoard, getQualityHistory } from "./queries.ts";

const { p, y } = goldenRows();
const now = Date.now();
const today = Math.floor(now / dayMs) * dayMs;
const range = { from: new Date(today - 6 * dayMs), to: new Date(now) };

/** Creates 300 golden rows from five days ago whose labels took an hour, and as many from two hours ago without labels. */
async function createFixture(ctx: Context) {
  const of = await newLateness(ctx);
  const row = (at: number, index: number): ScoredPrediction => ({
    at: new Date(at),
    score: p[index] as number,
    truth: null,
  });
  const old = p.slice(0, 300).map((_, index) => ({
    ...row(today - 5 * dayMs + 3 * hourMs, index),
    truth: y[index] === 1 ? "late" : "0",
    lagMs: hourMs,
    carrier: index % 3 === 0 ? "UA" : "AA",
  }));
  const young = p.slice(0, 300).map((_, index) => row(now, index));
  await logPredictions(ctx, of, [...old, ...young]);
  await setMonitor(ctx, {
    endpointId: of.endpointId,
    settings: { fairness: { groupBy: ["carrier"] }, cellValues: { falsePositive: -1, falseNegative: -5 } },
    reason: "x",
  });
  for (let evaluation = 0; evaluation < 7; evaluation += 1)
    await recountEndpoint(ctx, { endpointId: of.endpointId, now });
  return { ...of, answers: [...old, ...young] };
}

const rows = p.slice(0, 300);
const right = rows.filter((score, at) => score >= 0.5 === (y[at] === 1)).length;
const expectedAccuracy = rows.reduce((sum, score) => sum + Math.max(score, 1 - score), 0) / 300;

test(
  "counts predictions beyond the horizon as realised, and younger ones as pending",
  inWorkspace(async (ctx) => {
    const { endpointId } = await createFixture(ctx);
    const summary = await getQuality(as(ctx, "viewer"), { endpointId, ...range });
    expect(summary).toMatchObject({ taskKind: "binary", metric: "accuracy", predictions: 600, labelled: 300 });
    expect(summary.realised?.value).toBeCloseTo(right / 300, 12);
    expect(summary).toMatchObject({ pending: 300, expired: 0, estimated: null });
    expect((summary.maturity.horizonMs ?? 0) / hourMs).toBeCloseTo(1, 0);
    expect(summary.noEstimateReason).toContain("reference");
  }),
);

test(
  "estimates all predictions with a reference, and checks the band of labelled rows against their labels",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId, answers: predictions } = await createFixture(ctx);
    const profileId = await newReference(ctx, versionId, {
      quality: { labelled: 100, taskKind: "binary", metrics: { accuracy: 0.9 } },
    });
    await storeScores(ctx, { endpointId, versionId, profileId }, predictions);
    const board = await getQualityBoard(ctx, { endpointId, ...range });
    const { summary, history } = board;
    expect(summary.estimated).toMatchObject({ value: expect.closeTo(expectedAccuracy, 9), rows: 600 });
    expect(summary.expected).toMatchObject({ value: expect.closeTo(expectedAccuracy, 9), rows: 300 });
    expect(summary).toMatchObject({ reference: 0.9, objective: null, coverage: { windows: 1 } });
    expect(summary.words.join(" ")).toContain("assuming the scores are still calibrated");
    expect(history.points).toHaveLength(7);
    // Yesterday matures only an hour after midnight.
    const isMature = history.points.map((point) => point.isMature);
    expect(isMature.toSpliced(5, 1)).toEqual([true, true, true, true, true, false]);
    expect(history.points[1]).toMatchObject({ predictions: 300, labelled: 300, realised: { rows: 300 } });
    expect(history.points[6]).toMatchObject({ predictions: 300, labelled: 0, realised: null });
    expect(board.detail.confusion.reduce((sum, { count }) => sum + count, 0)).toBe(300);
    expect(board.detail.thresholds).toMatchObject({ basis: "labels" });
    expect(board.detail.thresholds?.best).toBeLessThan(0.5);
    expect(board.detail.calibration?.points.reduce((sum, point) => sum + point.rows, 0)).toBe(300);
    expect(board.parts.fairness.tags[0]).toMatchObject({ groupBy: "carrier", isUnfair: false });
    expect(board.parts.segments.map(({ segment, labelled }) => `${segment} ${labelled}`)).toEqual([
      "carrier=AA 200",
      "carrier=UA 100",
    ]);
  }),
);

test(
  "uses the objective of the endpoint's quality SLO, and none for another metric",
  inWorkspace(async (ctx) => {
    const { endpointId } = await createFixture(ctx);
    await newSlo(ctx, { kind: "estimated-quality", endpointId }, { name: "lateness-estimated", target: 0.85 });
    expect(await getQuality(ctx, { endpointId, ...range })).toMatchObject({
      objective: { value: 0.85, slo: "lateness-estimated" },
    });
    const recall = await getQuality(ctx, { endpointId, ...range, metric: "recall" });
    expect(recall).toMatchObject({ metric: "recall", objective: null });
  }),
);

test(
  "steps short ranges by hours, honours a configured horizon, and reveals nothing to another workspace",
  inWorkspace(async (ctx) => {
    const { endpointId } = await createFixture(ctx);
    const short = { endpointId, from: new Date(now - dayMs), to: new Date(now) };
    expect((await getQualityHistory(ctx, short)).stepMs).toBe(hourMs);
    await setMonitor(ctx, { endpointId, settings: { maturityMs: 30 * dayMs }, reason: "charge-backs" });
    expect(await getQuality(ctx, { endpointId, ...range })).toMatchObject({ realised: null, pending: 300 });
    expect(await getLabelMaturity(ctx, endpointId)).toMatchObject({ horizonMs: 30 * dayMs, isFixed: true });
    const other = await newWorkspace(ctx.db);
    await expect(getQuality(other, { endpointId, ...range })).rejects.toMatchObject({ code: "not-found" });
    await expect(getQuality(ctx, { endpointId, from: range.to, to: range.from })).rejects.toThrow(
      "start must be before the end",
    );
  }),
);
