import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { machineHours, runs, runTags, storageDays, trainingAttempts, usageHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { createExperiment } from "#server/develop/tracking/experiments/create-experiment.ts";
import { getJob } from "#server/improve/training/jobs/queries.ts";
import { newServed } from "#server/testing/fixtures/slo/testing.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { priceCores } from "../../../testing/fixtures/cost/testing.ts";
import { setPrices } from "../prices/set-prices.ts";
import { dayOf, daysLater } from "./days.ts";
import { readLedger } from "./ledger.ts";
import { readMachineDays } from "./read-usage.ts";
import { segmentsOf } from "./segments-of.ts";

const start = Math.floor(Date.now() / dayMs) * dayMs - 3 * dayMs;
const timeZone = "UTC";
const span = { from: dayOf(start, timeZone), to: dayOf(start + dayMs, timeZone), timeZone };
const hour = new Date(start + 5 * hourMs);
const allMinutes = 2n ** 60n - 1n;
const coreHour = hourMs;

interface Used {
  endpointId: string;
  versionId: string;
  computeMs: number;
  escalatedRuns?: number;
  provider?: string;
  requests?: number;
  machine?: string;
}

async function use(ctx: Context, { requests = 10, provider = "cpu", machine = "m", ...rest }: Used) {
  const { workspaceId } = ctx.actor;
  const counts = { requests, answered: requests, rows: requests, cacheHits: 0, coalesced: 0 };
  const arm = "stable" as const;
  await ctx.db.insert(usageHours).values({ workspaceId, arm, provider, machine, hour, ...counts, ...rest });
}

async function have(ctx: Context, machine: object) {
  const known = { machine: "m", hour, cores: 2, gpus: 0, memoryBytes: 8e9, minutesUp: allMinutes };
  await ctx.db.insert(machineHours).values({ ...known, ...machine });
}

test(
  "allocates the full machine cost: compute by run time, idle cost in proportion",
  inWorkspace(async (ctx) => {
    const [one, two] = [await newServed(ctx), await newServed(ctx, "other")];
    await priceCores(ctx, 0.05, new Date(start - dayMs));
    // Two cores for an hour at 0.05: 0.10. Half a core-hour ran, three quarters of it for the first.
    await have(ctx, { coreBusyMs: coreHour / 2, served: 2 });
    await use(ctx, { ...pick(one), computeMs: (coreHour * 3) / 8 });
    await use(ctx, { ...pick(two), computeMs: coreHour / 8 });
    const { usage, currency } = await readLedger(ctx, span, Date.now());
    expect(currency).toBe("EUR");
    const of = (id: string) => usage.find(({ endpointId }) => endpointId === id);
    expect(of(one.endpointId)).toMatchObject({ compute: close(0.01875), idle: close(0.05625), unpriced: 0 });
    expect(of(two.endpointId)).toMatchObject({ compute: close(0.00625), idle: close(0.01875) });
    expect(usage.reduce((sum, { compute, idle }) => sum + compute + idle, 0)).toBeCloseTo(0.1, 10);
  }),
);

test(
  "splits an idle machine equally among loaded versions, for the minutes it was up",
  inWorkspace(async (ctx) => {
    const [one, two] = [await newServed(ctx), await newServed(ctx, "other")];
    await priceCores(ctx, 0.05, new Date(start - dayMs));
    await have(ctx, { served: 2, minutesUp: 2n ** 30n - 1n });
    for (const served of [one, two]) await use(ctx, { ...pick(served), computeMs: 0, requests: 0 });
    const { usage } = await readLedger(ctx, span, Date.now());
    expect(usage.map(({ idle }) => idle)).toEqual([close(0.025), close(0.025)]);
  }),
);

test(
  "charges runs of another workspace their share of a machine without revealing them",
  inWorkspace(async (ctx) => {
    const outsider = await newWorkspace(ctx.db);
    const [own, other] = [await newServed(ctx), await newServed(outsider)];
    await priceCores(ctx, 0.05, new Date(start - dayMs));
    await have(ctx, { coreBusyMs: coreHour, served: 2 });
    await use(ctx, { ...pick(own), computeMs: coreHour / 4 });
    await use(outsider, { ...pick(other), computeMs: (coreHour * 3) / 4 });
    const { usage, book } = await readLedger(ctx, span, Date.now());
    expect(usage).toMatchObject([{ endpointId: own.endpointId, compute: close(0.0125), idle: close(0.0125) }]);
    const [machine] = await readMachineDays(ctx, span, segmentsOf(book, "EUR").segments);
    expect(machine).toMatchObject({ cost: close(0.1), compute: close(0.0125), idle: close(0.0125), coreBusyHours: 1 });
  }),
);

test(
  "prices GPUs, engines and machine types separately, and reports what has no price",
  inWorkspace(async (ctx) => {
    const served = await newServed(ctx);
    const prices = [
      { item: "core-hour" as const, amount: 0.05 },
      { item: "core-hour" as const, variant: "large", amount: 0.2 },
      { item: "engine-request" as const, variant: "triton", amount: 0.001 },
    ];
    await setPrices(ctx, { prices, currency: "EUR", from: new Date(start - dayMs), reason: "a test" });
    await have(ctx, { kind: "large", cores: 1, gpus: 1, coreBusyMs: coreHour, gpuBusyMs: 1000, served: 3 });
    await use(ctx, { ...pick(served), computeMs: coreHour });
    await use(ctx, { ...pick(served), computeMs: 1000, provider: "cuda" });
    await use(ctx, { ...pick(served), computeMs: 0, provider: "remote triton", requests: 30 });
    const [day] = (await readLedger(ctx, span, Date.now())).usage;
    expect(day).toMatchObject({ compute: close(0.2), engine: close(0.03), gpuMs: 1000, unpriced: 1000 });
  }),
);

test(
  "charges an engine for runs of a cascade whose request another step served",
  inWorkspace(async (ctx) => {
    const served = await newServed(ctx);
    const prices = [{ item: "engine-request" as const, variant: "triton", amount: 0.001 }];
    await setPrices(ctx, { prices, currency: "EUR", from: new Date(start - dayMs), reason: "a test" });
    const step = { ...pick(served), computeMs: 0, requests: 10, escalatedRuns: 90 };
    await use(ctx, { ...step, provider: "remote triton" });
    await use(ctx, { ...step, provider: "remote other" });
    const [day] = (await readLedger(ctx, span, Date.now())).usage;
    expect(day).toMatchObject({ engine: close(0.1), requests: 20, unpriced: 100 });
  }),
);

test(
  "applies a price from its hour on, including backdated, and excludes hours in another currency",
  inWorkspace(async (ctx) => {
    const served = await newServed(ctx);
    await priceCores(ctx, 0.05, new Date(start - dayMs));
    await have(ctx, { cores: 1, coreBusyMs: coreHour, served: 1 });
    await use(ctx, { ...pick(served), computeMs: coreHour });
    const cost = async () => (await readLedger(ctx, span, Date.now())).usage[0]?.compute;
    expect(await cost()).toBeCloseTo(0.05, 10);
    await priceCores(ctx, 0.08, hour);
    expect(await cost()).toBeCloseTo(0.08, 10);
    const dollars = { prices: [{ item: "core-hour" as const, amount: 1 }], currency: "USD", reason: "moved" };
    await setPrices(ctx, { ...dollars, from: new Date(start + 2 * dayMs) });
    const later = { ...span, to: daysLater(span.to, 3) };
    expect(await readLedger(ctx, later, Date.now())).toMatchObject({ currency: "USD", hasOtherCurrency: true });
  }),
);

test(
  "charges training by run duration including child runs, and files by the day",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const prices = [
      { item: "core-hour" as const, amount: 0.05 },
      { item: "gb-month" as const, amount: 3.1 },
    ];
    await setPrices(ctx, { prices, currency: "EUR", from: new Date(start - dayMs), reason: "a test" });
    const experimentId = await createExperiment(ctx, { name: "delays" });
    const run = (id: string, more: object = {}) => ({
      id,
      workspaceId,
      experimentId,
      name: id,
      userName: "u",
      status: "FINISHED" as const,
      startedAt: start + hourMs,
      endedAt: start + 3 * hourMs,
      artifactUri: "x",
      updatedAt: start,
      ...more,
    });
    await ctx.db
      .insert(runs)
      .values([run("parent"), run("child", { parentRunId: "parent" }), run("silent"), run("gpu")]);
    const tags = [
      { runId: "parent", key: "leeway.cores", value: "4" },
      { runId: "child", key: "leeway.cores", value: "2" },
      { runId: "gpu", key: "leeway.gpus", value: "1" },
    ];
    await ctx.db.insert(runTags).values(tags.map((tag) => ({ workspaceId, ...tag })));
    await ctx.db.insert(storageDays).values({ workspaceId, day: span.from, kind: "artifacts", bytes: 2e9 });
    const { training, storage } = await readLedger(ctx, span, Date.now());
    const costs = Object.fromEntries(training.map(({ runId, cost }) => [runId, cost]));
    expect(costs).toEqual({ parent: close(0.4), gpu: null });
    const [kept] = storage;
    expect(
      (kept?.cost ?? 0) * new Date(Date.UTC(+span.from.slice(0, 4), +span.from.slice(5, 7), 0)).getUTCDate(),
    ).toBeCloseTo(6.2, 8);
  }),
);

test(
  "charges a training job by its attempts, not by the time in which it waited, and runs in it not again",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const prices = [
      { item: "core-hour" as const, amount: 0.05 },
      { item: "gpu-hour" as const, variant: "A100", amount: 3 },
      { item: "gpu-hour" as const, variant: "A100 spot", amount: 1 },
    ];
    await setPrices(ctx, { prices, currency: "EUR", from: new Date(start - dayMs), reason: "a test" });
    const resources = { cores: 2, gpus: 1, gpuKind: "A100", memoryBytes: 0, nodes: 2, spot: true };
    const job = await newTrainingJob(ctx, { resources });
    const at = (hours: number) => new Date(start + hours * hourMs);
    const attempt = { workspaceId, jobId: job.id, launch: 1, host: "h" };
    await ctx.db.insert(trainingAttempts).values([
      { ...attempt, number: 1, startedAt: at(1), endedAt: at(2) },
      // It waited for ten hours, and still runs.
      { ...attempt, number: 2, startedAt: at(12), heartbeatAt: at(12.5) },
      // On a machine that stays.
      {
        ...attempt,
        number: 3,
        startedAt: at(14),
        endedAt: at(15),
        machine: { kind: "", gpuKind: "A100", isSpot: false },
      },
      { ...attempt, number: 4 },
    ]);
    const ofRun = { workspaceId, userName: "u", status: "FINISHED" as const, artifactUri: "x", updatedAt: start };
    const [run] = await ctx.db.select().from(runs).where(eq(runs.id, job.runId));
    const nested = {
      ...ofRun,
      id: "nested",
      name: "nested",
      experimentId: run?.experimentId ?? 0,
      parentRunId: job.runId,
    };
    await ctx.db.insert(runs).values({ ...nested, startedAt: start + hourMs, endedAt: start + 3 * hourMs });
    await ctx.db.insert(runTags).values({ workspaceId, runId: "nested", key: "leeway.cores", value: "2" });
    const { training } = await readLedger(ctx, span, Date.now());
    const cores = 4 * 0.05;
    expect(training.toSorted((a, b) => (a.cost ?? 0) - (b.cost ?? 0))).toMatchObject([
      { runId: job.runId, hours: 0.5, cost: close((cores + 2) / 2) },
      { runId: job.runId, hours: 1, cost: close(cores + 2) },
      { runId: job.runId, hours: 1, cost: close(cores + 6) },
    ]);
    expect(await getJob(ctx, job.id)).toMatchObject({ hours: 2.5, cost: close(cores * 2.5 + 9), costCurrency: "EUR" });
  }),
);

test(
  "assigns an hour to its day by time zone, and has no 24th hour on a 23-hour day",
  inWorkspace(async (ctx) => {
    const served = await newServed(ctx);
    await priceCores(ctx, 0.05, new Date("2025-11-01T00:00Z"));
    const used = async (hour: string, computeMs: number) => {
      const counts = { requests: 1, answered: 1, rows: 1, cacheHits: 0, coalesced: 0, computeMs };
      const known = { workspaceId: ctx.actor.workspaceId, ...pick(served), arm: "stable" as const, provider: "cpu" };
      await ctx.db.insert(usageHours).values({ ...known, machine: "m", hour: new Date(hour), ...counts });
      const had = { machine: "m", hour: new Date(hour), cores: 1, gpus: 0, memoryBytes: 8e9, minutesUp: allMinutes };
      await ctx.db.insert(machineHours).values({ ...had, coreBusyMs: computeMs, served: 1 });
    };
    for (const hour of ["2026-03-28T22:00Z", "2026-03-28T23:00Z", "2026-03-29T21:00Z", "2026-03-29T22:00Z"])
      await used(hour, coreHour);
    const days = async (timeZone: string) => {
      const month = { from: "2026-03-27", to: "2026-04-01", timeZone };
      const { usage } = await readLedger(ctx, month, Date.now());
      return usage.map(({ day, compute }) => `${day} ${Math.round(compute * 20)}`);
    };
    expect(await days("UTC")).toEqual(["2026-03-28 2", "2026-03-29 2"]);
    expect(await days("Europe/Berlin")).toEqual(["2026-03-28 1", "2026-03-29 2", "2026-03-30 1"]);
    expect(await days("Pacific/Auckland")).toEqual(["2026-03-29 2", "2026-03-30 2"]);
  }),
);

function pick({ endpointId, versionId }: { endpointId: string; versionId: string }) {
  return { endpointId, versionId };
}

function close(value: number) {
  return expect.closeTo(value, 10);
}
