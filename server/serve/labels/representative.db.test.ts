import { globSync, readFileSync } from "node:fs";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { predictionLabels, qualityHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { labelRecord } from "#server/release/rollouts/freeze-records.ts";
import { getRolloutSlices } from "#server/release/rollouts/slices/queries.ts";
import { compareSegments } from "#server/respond/debug/segment-queries.ts";
import { readMetric } from "#server/respond/rules/metrics/read-metric.ts";
import { logged, recounted, stepping } from "#server/testing/fixtures/rollouts/sources/testing.ts";
import { newLogged, newServed } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { recountEndpoint } from "#server/watch/monitoring/quality/counts/recount-endpoint.ts";
import type { Indicator } from "#server/watch/objectives/indicators/contract.ts";
import { countIndicator } from "#server/watch/slo/indicators/count-indicator.ts";
import { recordLabels } from "./record-labels.ts";
import { writeLabels } from "./write-labels.ts";

type Selection = "audit" | "chosen" | "gold";

const agreed = (ctx: Context, endpointId: string, selection: Selection, labels: Record<string, string>) =>
  writeLabels(ctx, {
    endpointId,
    source: "labelling",
    labels: Object.entries(labels).map(([requestId, label]) => {
      return { requestId, label, selection, observedAt: new Date() };
    }),
  });

const stored = async (ctx: Context, endpointId: string) =>
  Object.fromEntries(
    (await ctx.db.select().from(predictionLabels).where(eq(predictionLabels.endpointId, endpointId))).map((row) => [
      row.requestId,
      `${row.label} ${row.source} ${row.selection} ${row.replaced}`,
    ]),
  );

test(
  "never replaces a label that rates count by that of a chosen request, and the other way round always",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    await recordLabels(ctx, { endpointId, labels: [{ requestId: "a", label: "cat" }] });
    expect(await agreed(ctx, endpointId, "chosen", { a: "dog", b: "dog", c: "cat" })).toEqual({
      added: 2,
      replaced: 0,
    });
    expect(await agreed(ctx, endpointId, "gold", { a: "dog" })).toEqual({ added: 0, replaced: 0 });
    expect(await stored(ctx, endpointId)).toEqual({
      a: "cat reported reported 0",
      b: "dog labelling chosen 0",
      c: "cat labelling chosen 0",
    });
    // The same value counts from now on, without a replacement of the value; another one replaces it.
    const labels = [
      { requestId: "b", label: "dog" },
      { requestId: "c", label: "dog" },
    ];
    expect(await recordLabels(ctx, { endpointId, labels })).toMatchObject({ added: 0, replaced: 2, unchanged: 0 });
    expect(await recordLabels(ctx, { endpointId, labels })).toMatchObject({ added: 0, replaced: 0, unchanged: 2 });
    expect(await agreed(ctx, endpointId, "audit", { a: "dog" })).toEqual({ added: 0, replaced: 1 });
    expect(await stored(ctx, endpointId)).toEqual({
      a: "dog labelling audit 1",
      b: "dog reported reported 0",
      c: "dog reported reported 1",
    });
    expect(await agreed(ctx, endpointId, "chosen", { d: "x".repeat(20_000) })).toEqual({ added: 1, replaced: 0 });
  }),
);

test(
  "counts reported and audit labels in quality and in SLOs, and no label of a chosen request",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const hour = Math.floor(Date.now() / hourMs) * hourMs - 2 * hourMs;
    const base = { endpointId, versionId, at: new Date(hour + minuteMs), answer: "7" };
    for (const requestId of ["reported", "audit", "chosen", "gold"]) await newLogged(ctx, { ...base, requestId });
    await recordLabels(ctx, { endpointId, labels: [{ requestId: "reported", label: "7" }] });
    await agreed(ctx, endpointId, "audit", { audit: "1" });
    await agreed(ctx, endpointId, "chosen", { chosen: "1" });
    await agreed(ctx, endpointId, "gold", { gold: "1" });
    await recountEndpoint(ctx, { endpointId, now: Date.now() });
    const [counted] = await ctx.db.select().from(qualityHours).where(eq(qualityHours.endpointId, endpointId));
    expect(counted).toMatchObject({ predictions: 4, labelled: 2 });
    const indicator = async (kind: "realised-quality" | "label-timeliness", maturityMs: number) => {
      const more = kind === "realised-quality" ? { tolerance: null } : { of: "sampled" };
      const of = { kind, endpointId, maturityMs, ...more } as Indicator;
      const { good, total } = await countIndicator(ctx, of, { from: hour, to: hour + hourMs });
      return `${good[1]}/${total[1]}`;
    };
    expect(await indicator("realised-quality", 0)).toBe("1/2");
    expect(await indicator("label-timeliness", hourMs / 2)).toBe("0/4");
    await ctx.db
      .update(predictionLabels)
      .set({ receivedAt: base.at })
      .where(eq(predictionLabels.endpointId, endpointId));
    expect(await indicator("label-timeliness", hourMs / 2)).toBe("2/4");
    const span = { endpointId, from: new Date(hour), to: new Date(hour + hourMs) };
    await ctx.db
      .update(predictionLabels)
      .set({ receivedAt: new Date(hour + 31 * minuteMs) })
      .where(eq(predictionLabels.selection, "chosen"));
    expect(await readMetric(ctx, "label-delay-hours", span)).toBeCloseTo(0, 3);
    expect((await compareSegments(ctx, span)).a.metrics.right.count).toBe(2);
  }),
);

test(
  "counts reported and audit labels as evidence of a rollout, and no label of a chosen request",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, [{ metric: "label-errors" as const }]);
    const { endpointId } = fixture;
    for (const requestId of ["reported", "audit", "chosen"]) await logged(fixture, requestId, { arm: "canary" });
    await recordLabels(ctx, { endpointId, labels: [{ requestId: "reported", label: "2" }] });
    await agreed(ctx, endpointId, "audit", { audit: "1" });
    await agreed(ctx, endpointId, "chosen", { chosen: "2" });
    expect(await recounted(fixture, "label-errors")).toEqual({ "0 canary": "2/1/0" });
    const frozen = { ...fixture, versionId: fixture.canary.id };
    expect(await labelRecord(ctx, frozen as never)).toEqual({ units: 2, events: 1 });
    const slices = await getRolloutSlices(ctx, { rolloutId: fixture.rolloutId, metric: "label-errors" });
    expect(slices.all.canary).toEqual({ bad: 1, good: 1 });
  }),
);

test("has a decision for every reader of labels", () => {
  /** Readers that compute no rate: lists, rows for training, and maintenance. */
  const others = [
    "server/develop/features/sources/prediction-rows.ts",
    "server/serve/predictions/filter.ts",
    "server/serve/predictions/labelled-predictions.ts",
    "server/serve/predictions/queries.ts",
    "server/serve/telemetry/delete-old-predictions.ts",
    // Reported labels only; those of the audit it reads from their project.
    "server/watch/slo/indicators/count-drawn.ts",
  ];
  const readers = globSync("server/**/*.ts")
    .filter((file) => !file.endsWith(".test.ts") && !file.startsWith("server/testing/"))
    .filter((file) => /\bpredictionLabels\b|\bprediction_labels\b/.test(readFileSync(file, "utf8")));
  expect(readers.length).toBeGreaterThan(15);
  const undecided = readers.filter((file) => !readFileSync(file, "utf8").includes("isRepresentative("));
  expect(undecided.toSorted()).toEqual(others);
});
