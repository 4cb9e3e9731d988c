import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { recordLabels } from "#server/serve/labels/record-labels.ts";
import { dispersionOf } from "#server/stats/sequential/dispersion.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import type { BurstRecord } from "../../serve/rollout/contract.ts";
import { type GuardrailMetric, RolloutPlan } from "../../serve/rollout/plan/contract.ts";
import { type Fixture, logged, stepping } from "../../testing/fixtures/rollouts/sources/testing.ts";
import { addWindow } from "../../testing/fixtures/serving/testing.ts";
import { planRollout } from "./estimate/queries.ts";
import { hourOfWeek } from "./evidence/record-limits.ts";
import { freezeFacts } from "./freeze-facts.ts";

/** Creates a deployed version with requests from before a rollout. */
const opened = (ctx: Context) => stepping(ctx, [{ metric: "errors" }]);

function freeze({ ctx, endpointId, stable }: Fixture, metric: GuardrailMetric) {
  const plan = RolloutPlan.parse({ steps: [{ weight: 0.1 }], guardrails: [{ metric }] });
  return freezeFacts(ctx, { endpointId, versionId: stable.id, plan });
}

const output = (value: number | string, name = "price") => ({
  outputs: [{ name, datatype: "FP32", shape: [1], data: [value] }],
});
const before = { rollout: null, answer: null };

test(
  "bins numbers by deciles of the first number of each prediction",
  inWorkspace(async (ctx) => {
    const fixture = await opened(ctx);
    for (let at = 1; at <= 100; at += 1) {
      const { outputs } = output(at);
      outputs[0]?.data.push(100_000);
      await logged(fixture, `r${at}`, { ...before, outputs });
    }
    await logged(fixture, "unsure", { ...before, ...output(-500), loggedReason: "low-confidence" });
    await logged(fixture, "other", { ...before, ...output(-500), versionId: fixture.canary.id });
    await logged(fixture, "copy", { ...before, ...output(-500), arm: "shadow", versionId: fixture.stable.id });
    await logged(fixture, "old", { ...before, ...output(-500), at: new Date(Date.now() - 2 * 86_400_000) });
    const { outputBins, binnedOutput, outputBinCount } = await freeze(fixture, "output-shift");
    expect({ outputBins, binnedOutput, outputBinCount }).toEqual({
      outputBins: [11, 21, 31, 41, 51, 61, 71, 81, 91],
      binnedOutput: "price",
      outputBinCount: undefined,
    });
  }),
);

test(
  "uses one bin per known or predicted class, and no numeric bins without a log",
  inWorkspace(async (ctx) => {
    const fixture = await opened(ctx);
    expect(await freeze(fixture, "output-shift")).toMatchObject({ outputBins: null, binnedOutput: null });
    expect((await freeze(fixture, "output-shift")).outputBinCount).toBeUndefined();
    await logged(fixture, "a", { rollout: null, answer: "1", outputIndex: 1 });
    const few = (await freeze(fixture, "output-shift")).outputBinCount ?? 0;
    expect(few).toBeGreaterThanOrEqual(2);
    await logged(fixture, "b", { rollout: null, answer: "41", outputIndex: 41 });
    expect(await freeze(fixture, "output-shift")).toMatchObject({ outputBins: null, outputBinCount: 42 });
    expect((await freeze(fixture, "errors")).outputBinCount).toBeUndefined();
  }),
);

test(
  "freezes the label record of the serving version only",
  inWorkspace(async (ctx) => {
    const fixture = await opened(ctx);
    const { endpointId } = fixture;
    const labels = ["right", "wrong", "others", "unsure"];
    await logged(fixture, "right", { rollout: null });
    await logged(fixture, "wrong", { rollout: null, answer: "2" });
    await logged(fixture, "others", { rollout: null, answer: "2", versionId: fixture.canary.id });
    await logged(fixture, "unsure", { rollout: null, answer: "2", loggedReason: "low-confidence" });
    await recordLabels(ctx, { endpointId, labels: labels.map((requestId) => ({ requestId, label: "1" })) });
    expect((await freeze(fixture, "label-errors")).record["label-errors"]).toEqual({ units: 2, events: 1 });
    expect((await freeze(fixture, "errors")).record["label-errors"]).toBeUndefined();
  }),
);

test(
  "clips costs at the 99th percentile of the record, in prices if set, but not with few requests",
  inWorkspace(async (ctx) => {
    const fixture = await opened(ctx);
    const parts = (computeMs: number) => ({
      parts: { beforeMs: 50, queueMs: 50, inputMs: 1, computeMs, outputMs: 1, afterMs: 50 },
    });
    for (let at = 0; at < 99; at += 1) await logged(fixture, `t${at}`, { rollout: null, ...parts(8) });
    expect((await freeze(fixture, "cost")).costClip).toBeUndefined();
    for (let at = 0; at < 100; at += 1) await logged(fixture, `u${at}`, { rollout: null, ...parts(8) });
    await logged(fixture, "far", { rollout: null, ...parts(100_000) });
    expect((await freeze(fixture, "cost")).costClip).toBeCloseTo(10, 6);
    for (let at = 0; at < 100; at += 1) await logged(fixture, `p${at}`, { rollout: null, ...parts(8), cost: 0.5 });
    expect((await freeze(fixture, "cost")).costClip).toBeCloseTo(0.5, 6);
    expect((await freeze(fixture, "errors")).costClip).toBeUndefined();
  }),
);

test(
  "freezes what was usual by hour of the week for the serving version",
  inWorkspace(async (ctx) => {
    const fixture = await opened(ctx);
    const { endpointId, stable, canary } = fixture;
    const hourAt = (hoursAgo: number) => new Date(Math.floor(Date.now() / 3_600_000 - hoursAgo) * 3_600_000);
    const window = (hoursAgo: number, failed: number, versionId = stable.id) =>
      addWindow(ctx, {
        endpointId,
        versionId,
        provider: "cpu",
        windowStart: hourAt(hoursAgo),
        latenciesMs: Array.from({ length: 1000 - failed }, () => 5),
        failures: failed > 0 ? { 500: failed } : {},
      });
    await window(24, 10);
    await window(30, 200);
    await window(26, 500, canary.id);
    const { recordByHour } = await freeze(fixture, "errors");
    const bound = (hoursAgo: number) => recordByHour?.errors?.[hourOfWeek(hourAt(hoursAgo).getTime())];
    expect(bound(24)).toBeGreaterThan(0.01);
    expect(bound(24)).toBeLessThan(0.03);
    expect(bound(30)).toBeGreaterThan(0.2);
    // The same hour of another day, and an hour that is not on record.
    expect(bound(48)).toBe(bound(24));
    expect(bound(26)).toBe(bound(30));
  }),
);

test(
  "takes as slow what the version itself takes, without queue and hand-off, as far as the log shows it",
  inWorkspace(async (ctx) => {
    const fixture = await opened(ctx);
    const { endpointId, stable } = fixture;
    const windowStart = new Date(Math.floor(Date.now() / 10_000 - 6) * 10_000);
    const latenciesMs = Array.from({ length: 200 }, () => 900);
    await addWindow(ctx, { endpointId, versionId: stable.id, provider: "cpu", windowStart, latenciesMs });
    const few = await freeze(fixture, "slow");
    expect(few.slowMs / 900).toBeCloseTo(1, 1);
    for (let at = 1; at <= 120; at += 1) {
      const parts = { beforeMs: 1, queueMs: 800, inputMs: 1, computeMs: at, outputMs: 1, afterMs: 1 };
      await logged(fixture, `own${at}`, { rollout: null, latencyMs: 900, parts });
    }
    const { slowMs, record, recordByHour } = await freeze(fixture, "slow");
    expect(slowMs).toBeCloseTo(4 + 114.05, 6);
    expect(record.slow).toEqual({ units: 120, events: 6 });
    expect(recordByHour?.slow?.[hourOfWeek(Date.now())]).toBeGreaterThan(0.05);
  }),
);

test(
  "measures bursts of slow responses at the share of complete latencies that the version itself was slow for, as the estimate does",
  inWorkspace(async (ctx) => {
    const fixture = await opened(ctx);
    const { endpointId, stable } = fixture;
    // Complete requests take 100 to 1,000 ms, of which the version itself takes 1 to 120 ms; slow ones come every fourth minute.
    const start = Math.floor(Date.now() / 60_000 - 60) * 60_000;
    for (let minute = 0; minute < 40; minute += 1) {
      const slow = minute % 4 === 0 ? 20 : 0;
      await addWindow(ctx, {
        endpointId,
        versionId: stable.id,
        provider: "cpu",
        windowStart: new Date(start + minute * 60_000),
        latenciesMs: Array.from({ length: 100 }, (_, at) => (at < slow ? 1000 : 100 + 5 * at)),
      });
    }
    for (let at = 1; at <= 120; at += 1) {
      const parts = { beforeMs: 0, queueMs: 800, inputMs: 0, computeMs: at, outputMs: 0, afterMs: 0 };
      await logged(fixture, `own${at}`, { rollout: null, latencyMs: 900, parts });
    }
    const { slowMs, bursts, record } = await freeze(fixture, "slow");
    expect(slowMs).toBeLessThan(120);
    // Every fourth pair of minutes at least has slow ones; above the limit itself all complete requests are.
    expect(dispersionOf(bursts?.slow as BurstRecord).rho).toBeGreaterThan(0.05);
    const plan = RolloutPlan.parse({ steps: [{ weight: 0.1 }], guardrails: [{ metric: "slow" }] });
    const { traffic } = await planRollout(ctx, { endpointId, plan });
    expect(traffic.slowMs).toBe(slowMs);
    expect(traffic.rates.slow).toMatchObject(record.slow ?? {});
    expect(traffic.bursts?.slow).toEqual(bursts?.slow);
  }),
);
