import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { featureStates, referenceFeatures, referenceProfiles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { attemptOnce } from "#server/platform/jobs/watcher.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { addValue } from "../state/add-value.ts";
import type { NumericProfile, NumericState, ProfiledFeature } from "../state/contract.ts";
import { emptyState } from "../state/empty-state.ts";
import { packState } from "../state/pack-state.ts";
import type { PackedMinute, StateKey } from "./contract.ts";
import { listSegments, readStateSeries, readStates } from "./queries.ts";
import { rollUpStates } from "./roll-up-states.ts";
import { storeStates } from "./store-states.ts";

const profile: NumericProfile = {
  kind: "numeric",
  count: 4,
  nulls: 0,
  nans: 0,
  posInf: 0,
  negInf: 0,
  zeros: 0,
  min: 1,
  max: 4,
  mean: 2.5,
  m2: 5,
  edges: [1.5, 2.5, 3.5],
  bins: [1, 1, 1, 1],
  isInteger: true,
  values: null,
};
const features: ProfiledFeature[] = ["a", "b"].map((name) => ({ name, role: "input", profile }));

/** Builds the counts of a minute. @param values of both features, one per row */
function minuteOf(key: StateKey, start: number, values: number[]): PackedMinute {
  const state = { ...emptyState(features), rows: values.length };
  for (const value of values) for (const feature of state.features) addValue(feature as NumericState, profile, value);
  return { ...key, start, rows: values.length, state: packState(state) };
}

async function newKey(ctx: Context): Promise<StateKey> {
  const version = await newVersion(ctx);
  const endpoint = await createEndpoint(ctx, { name: "flights" });
  const { workspaceId } = ctx.actor;
  const [made] = await ctx.db
    .insert(referenceProfiles)
    .values({ workspaceId, versionId: version.id, source: {} as never, state: "ready", createdBy: "test" })
    .returning();
  const profileId = made?.id as string;
  const rows = features.map(({ name, role }, ordinal) => ({ workspaceId, profileId, ordinal, name, role, profile }));
  await ctx.db.insert(referenceFeatures).values(rows);
  return { workspaceId, endpointId: endpoint.id, versionId: version.id, arm: "stable", segment: "", profileId };
}

const rowsByGrain = async (ctx: Context, { endpointId }: StateKey) => {
  const rows = await ctx.db.select().from(featureStates).where(eq(featureStates.endpointId, endpointId));
  const counts = { minute: 0, hour: 0, day: 0 };
  for (const { grain, rows: count } of rows) counts[grain] += count;
  return counts;
};

test(
  "counts a minute stored twice once, and replaces it only with more rows",
  inWorkspace(async (ctx) => {
    const key = await newKey(ctx);
    const start = Math.floor(Date.now() / 60_000) * 60_000;
    for (const values of [[1, 2], [1, 2, 3], [1, 2, 3], [1]]) {
      await storeStates(ctx.db, "g1", [minuteOf(key, start, values)]);
    }
    await storeStates(ctx.db, "g2", [minuteOf(key, start, [4])]);
    const gone = { ...key, endpointId: crypto.randomUUID() };
    await storeStates(ctx.db, "g1", [minuteOf(gone, start, [1])]);
    const read = await readStates(ctx, { ...key, from: new Date(start), to: new Date(start + 60_000) });
    expect(read).toMatchObject({ rows: 4, profileId: key.profileId });
    expect(read?.state.features[0]).toMatchObject({ count: 4, mean: 2.5, m2: 5, min: 1, max: 4 });
  }),
);

test(
  "sums the minutes of any range, before and after compaction and with late data",
  inWorkspace(async (ctx) => {
    const key = await newKey(ctx);
    // Seven minutes past the hour, when all stored states are checked.
    const now = Math.floor(Date.now() / dayMs) * dayMs + 7 * 60_000;
    const first = now - 7 * 60_000 - 2 * dayMs;
    const minutes = Array.from({ length: 49 * 12 }, (_, at) => minuteOf(key, first + at * 300_000, [1 + (at % 4)]));
    await storeStates(ctx.db, "g1", minutes);
    const spans = [
      [first, now],
      [first + 300_000, first + dayMs + 7 * hourMs + 600_000],
      [first + 5 * hourMs, first + 6 * hourMs],
    ] as const;
    const read = async () => {
      const found: { rows: number | undefined; bins: unknown }[] = [];
      for (const [from, to] of spans) {
        const span = await readStates(ctx, { ...key, from: new Date(from), to: new Date(to) });
        const [feature] = span?.state.features ?? [];
        found.push({ rows: span?.rows, bins: feature?.kind === "numeric" && feature.bins });
      }
      return found;
    };
    const before = await read();
    expect(before.map(({ rows }) => rows)).toEqual([578, 12 * 31 + 1, 12]);
    await rollUpStates(ctx, now);
    await rollUpStates(ctx, now);
    expect(await rowsByGrain(ctx, key)).toMatchObject({ hour: 48 * 12, day: 2 * 288 });
    expect(await read()).toEqual(before);
    await storeStates(ctx.db, "g2", [minuteOf(key, first + dayMs + 60_000, [4, 4])]);
    await rollUpStates(ctx, now);
    expect(await rowsByGrain(ctx, key)).toMatchObject({ hour: 48 * 12 + 2, day: 2 * 288 + 2 });
    const days = await readStateSeries(ctx, {
      ...key,
      from: new Date(first),
      to: new Date(first + 2 * dayMs),
      stepMs: dayMs,
      features: ["b"],
    });
    expect(days?.points.map(({ rows }) => rows)).toEqual([288, 290]);
    expect(days?.points[0]?.state.features[0]).toBeUndefined();
    expect(days?.points[1]?.state.features[1]).toMatchObject({ count: 290 });
    const hours = await readStateSeries(ctx, {
      ...key,
      from: new Date(first),
      to: new Date(first + dayMs),
      stepMs: 6 * hourMs,
    });
    expect(hours?.points.map(({ rows }) => rows)).toEqual([72, 72, 72, 72]);
  }),
);

test(
  "deletes minutes after three days and hours after 35, and aligns ranges to stored data",
  inWorkspace(async (ctx) => {
    const key = await newKey(ctx);
    const now = Math.floor(Date.now() / hourMs) * hourMs + 7 * 60_000;
    const old = Math.floor((now - 3 * dayMs) / hourMs) * hourMs + 2 * hourMs;
    await storeStates(
      ctx.db,
      "g1",
      [0, 1, 2].map((at) => minuteOf(key, old + at * 60_000, [1])),
    );
    await rollUpStates(ctx, now);
    await rollUpStates(ctx, now + dayMs);
    expect(await rowsByGrain(ctx, key)).toEqual({ minute: 0, hour: 3, day: 3 });
    await rollUpStates(ctx, now + 40 * dayMs);
    expect(await rowsByGrain(ctx, key)).toEqual({ minute: 0, hour: 0, day: 3 });
  }),
);

test(
  "reads the newest version by default, shadow only by name, and segments with their row counts",
  inWorkspace(async (ctx) => {
    const key = await newKey(ctx);
    const next = await newVersion(ctx, { version: 2 });
    const start = Math.floor(Date.now() / 60_000) * 60_000 - 120_000;
    const newer = { ...key, versionId: next.id };
    await storeStates(ctx.db, "g1", [
      minuteOf(key, start, [1, 2, 3]),
      minuteOf(newer, start + 60_000, [1]),
      minuteOf({ ...newer, arm: "canary" }, start + 60_000, [2]),
      minuteOf({ ...newer, arm: "shadow" }, start + 60_000, [3, 3]),
      minuteOf({ ...newer, segment: "carrier=UA" }, start + 60_000, [3, 3]),
    ]);
    const span = { endpointId: key.endpointId, from: new Date(start), to: new Date(start + 180_000) };
    expect(await readStates(ctx, span)).toMatchObject({ versionId: next.id, rows: 2 });
    expect(await readStates(ctx, { ...span, versionId: key.versionId })).toMatchObject({ rows: 3 });
    expect(await readStates(ctx, { ...span, arm: "shadow" })).toMatchObject({ rows: 2 });
    expect(await readStates(ctx, { ...span, segment: "carrier=UA" })).toMatchObject({ rows: 2 });
    expect(await readStates(ctx, { ...span, segment: "carrier=DL" })).toBeUndefined();
    expect(await listSegments(ctx, span)).toEqual([{ segment: "carrier=UA", rows: 2 }]);
    const elsewhere = { ...ctx, actor: { ...ctx.actor, workspaceId: crypto.randomUUID() } };
    expect(await readStates(elsewhere, span)).toBeUndefined();
  }),
);

test(
  "merges the other hours and deletes expired rows although the states of one cannot be read",
  inWorkspace(async (ctx) => {
    const key = await newKey(ctx);
    const now = Math.floor(Date.now() / hourMs) * hourMs + 10 * 60_000;
    const hour = (ago: number) => Math.floor(now / hourMs) * hourMs - ago * hourMs;
    for (const ago of [1, 2]) await storeStates(ctx.db, "g1", [minuteOf(key, hour(ago), [1, 2])]);
    await storeStates(ctx.db, "g1", [minuteOf(key, now - 5 * dayMs, [1])]);
    await ctx.db
      .update(featureStates)
      .set({ state: Buffer.from([0]) })
      .where(eq(featureStates.start, new Date(hour(2))));
    const failed: string[] = [];
    await rollUpStates(ctx, now, (item, work) => attemptOnce(item, work, async () => void failed.push(item.id)));
    expect(failed).toEqual([`hour ${key.endpointId} ${new Date(hour(2)).toISOString()}`]);
    const rows = await ctx.db.select().from(featureStates).where(eq(featureStates.endpointId, key.endpointId));
    expect(rows.filter(({ grain }) => grain === "hour").map(({ start }) => start.getTime())).toEqual([hour(1)]);
    expect(rows.filter(({ grain }) => grain === "minute")).toHaveLength(2);
  }),
);
