import { expect, test } from "vitest";
import { addWindow } from "#server/testing/fixtures/serving/testing.ts";
import { newLogged, newServed, newSlo } from "#server/testing/fixtures/slo/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { getBatching } from "./batching-queries.ts";
import { getLatencyHeatMap } from "./heat-map-queries.ts";
import { compareSegments } from "./segment-queries.ts";
import { listWatchingRules } from "./watching-queries.ts";

const from = new Date("2026-05-10T10:00:00Z");
const to = new Date("2026-05-10T11:00:00Z");
const at = (seconds: number) => new Date(from.getTime() + seconds * 1000);
const scalar = (name: string, value: number | string) => ({ name, datatype: "FP32", shape: [1, 1], data: [value] });

test(
  "counts every request once per step and latency band, without shadow requests",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId, nextVersionId } = await newServed(ctx);
    await addWindow(ctx, { endpointId, versionId, windowStart: at(0), latenciesMs: [5, 5, 80] });
    await addWindow(ctx, { endpointId, versionId: nextVersionId, windowStart: at(60), latenciesMs: [300] });
    await addWindow(ctx, { endpointId, versionId, windowStart: at(60), latenciesMs: [9], arm: "shadow" });
    const { stepSeconds, bands, steps, ...total } = await getLatencyHeatMap(ctx, { endpointId, from, to });
    expect(stepSeconds).toBe(30);
    expect(total).toMatchObject({
      requests: 4,
      latencyMsP50: expect.closeTo(5, 0),
      latencyMsP99: expect.closeTo(300, -1),
    });
    expect(steps.map(({ at }) => at)).toEqual([at(0), at(60)]);
    const bandAt = (milliseconds: number) => bands.findIndex(({ toMs }) => milliseconds <= toMs);
    expect(steps[0]?.counts[bandAt(5)]).toBe(2);
    expect(steps[0]?.counts[bandAt(80)]).toBe(1);
    expect(steps[1]?.counts[bandAt(300)]).toBe(1);
    const one = await getLatencyHeatMap(ctx, { endpointId, from, to, versionId: nextVersionId });
    expect(one.requests).toBe(1);
  }),
);

test(
  "selects segments by inputs as numbers or text, by version and by latency",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const logged = (index: number, carrier: string, hour: number, isRight: boolean) =>
      newLogged(ctx, {
        endpointId,
        versionId,
        at: at(index),
        latencyMs: 10 + hour,
        answer: "1",
        label: isRight ? "1" : "0",
        inputs: [scalar("carrier", carrier), scalar("hour", hour)],
      });
    for (let index = 0; index < 40; index += 1) await logged(index, "UA", 6, true);
    for (let index = 0; index < 40; index += 1) await logged(index, "AA", 20, index % 2 === 0);
    const compare = (a: string, b: string) => compareSegments(ctx, { endpointId, from, to, a, b });
    const byName = await compare('input.carrier = "UA"', "input.carrier = AA");
    expect(byName.a.metrics.right).toMatchObject({ value: 1, count: 40 });
    expect(byName.b.metrics.right).toMatchObject({ value: 0.5, count: 40 });
    expect(byName.differing).toContain("right");
    const byHour = await compare("input.hour > 12", "input.hour < 12 and latency < 20");
    expect([byHour.a.requests, byHour.b.requests]).toEqual([40, 40]);
    // 6 and 6.0 are the same number, whatever the text.
    expect((await compare("input.hour = 6.0", "input.carrier < 3")).a.requests).toBe(40);
    expect((await compare("input.carrier < 3", "")).a).toMatchObject({ requests: 0, problem: null });
    expect((await compare("colour = red", "version = 9")).a.problem).toContain('Unknown field "colour"');
    expect((await compare("colour = red", "version = 9")).b.problem).toBe("Version 9 was never deployed here.");
  }),
);

test(
  "averages batch size and timings over sampled model predictions only",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const parts = { beforeMs: 1, queueMs: 4, inputMs: 0, computeMs: 6, outputMs: 0, afterMs: 2 };
    const logged = (more: object) => newLogged(ctx, { endpointId, versionId, at: at(5), parts, batchRows: 3, ...more });
    await logged({});
    await logged({ batchRows: 5 });
    await logged({ batchRows: 90, loggedReason: "failed", status: 500 });
    await logged({ batchRows: 90, source: "cache", parts: null });
    const { steps } = await getBatching(ctx, { endpointId, from, to });
    expect(steps).toEqual([{ at: at(0), batchRowsMean: 4, beforeMs: 1, queueMs: 4, computeMs: 6, afterMs: 2 }]);
    // The newest 20 of many requests in a fifth of a step represent it, beside those of the other fifths.
    for (let row = 0; row < 30; row++) await logged({ at: at(60 + row / 10), batchRows: row < 10 ? 1000 : 7 });
    for (let row = 0; row < 20; row++) await logged({ at: at(80 + row / 10), batchRows: 9 });
    const later = await getBatching(ctx, { endpointId, from, to });
    expect(later.steps[1]).toMatchObject({ at: at(60), batchRowsMean: 8 });
  }),
);

test(
  "explains for every rule of an endpoint why it does not notify, or that it was not yet evaluated",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    await newSlo(ctx, { kind: "availability", endpointId }, { name: "answers" });
    const { rules } = await listWatchingRules(ctx, { endpointId });
    expect(rules).toContainEqual(
      expect.objectContaining({
        kind: "slo",
        state: "unknown",
        href: "/slos/answers",
        why: expect.stringMatching(/Not evaluated yet/),
      }),
    );
  }),
);

test(
  "allows viewers, finds nothing in another workspace, and rejects a reversed time range",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const span = { endpointId, from, to };
    await expect(getLatencyHeatMap(as(ctx, "viewer"), span)).resolves.toMatchObject({ requests: 0, bands: [] });
    const other = await newWorkspace(ctx.db);
    const absent = { code: "not-found" };
    await expect(getLatencyHeatMap(other, span)).rejects.toMatchObject(absent);
    await expect(getBatching(other, span)).rejects.toMatchObject(absent);
    await expect(compareSegments(other, span)).rejects.toMatchObject(absent);
    await expect(listWatchingRules(other, { endpointId })).rejects.toMatchObject(absent);
    await expect(getLatencyHeatMap(ctx, { endpointId, from: to, to: from })).rejects.toThrow("before the end");
  }),
);
