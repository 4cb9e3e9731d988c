import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { alerts, predictions } from "#db/schema/index.ts";
import { rolledBack } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { setProtection } from "#server/serve/protection/set-protection.ts";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { addWindow } from "#server/testing/fixtures/serving/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import {
  countRows,
  type ServedRow,
  serveWithReference,
} from "../../../testing/fixtures/monitoring/integrity/testing.ts";
import {
  categoricalProfile,
  feature,
  numericProfile,
} from "../../../testing/fixtures/monitoring/integrity/upstream/testing.ts";
import { listFindings } from "../findings/queries.ts";
import { setMonitor } from "../settings/set-monitor.ts";
import { getFeatureHistory } from "./history.ts";
import { integrityWatcher } from "./integrity-watcher.ts";
import { getIntegrity } from "./queries.ts";
import { setDataRules } from "./rules/set-data-rules.ts";
import { watchIntegrity } from "./watch-integrity.ts";

const random = seededRandom(21);
const carriers = ["UA", "UA", "UA", "AA", "AA", "DL"];
const newRow = (): ServedRow => ({
  distance: Math.exp(6.5 + 0.5 * normalFrom(random)),
  carrier: carriers[Math.floor(random() * carriers.length)] as string,
  prediction: random() < 0.3 ? "late" : "on time",
});
const newRows = (count: number, change: (row: ServedRow) => object = () => ({})) =>
  Array.from({ length: count }, () => {
    const row = newRow();
    return { ...row, ...change(row) };
  });
const reference = newRows(5000);
const numbers = (name: string) => reference.map((row) => row[name] as number);
const levels = (name: string) => reference.map((row) => row[name] as string);
const features = [
  feature("distance", numericProfile(numbers("distance"))),
  feature("carrier", categoricalProfile(levels("carrier"))),
  feature("prediction", categoricalProfile(levels("prediction")), "output"),
];
const now = Date.now();
const open = async (ctx: Context) =>
  (await listFindings(ctx)).map(({ kind, feature, severity }) => [kind, feature, severity]);

test(
  "opens one finding that names the changed unit and pages, and closes it once values are correct",
  inWorkspace(async (ctx) => {
    const served = await serveWithReference(ctx, features);
    const metres = newRows(300, ({ distance }) => ({ distance: (distance as number) * 1609.344 }));
    await countRows(ctx, served, { features, rows: metres, to: now });
    const { day } = await watchIntegrity(ctx, served.endpointId, { now }, notifyAfterChange);
    const [found, ...others] = await listFindings(ctx);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: "unit changed", feature: "distance", severity: "page" });
    expect(found?.words).toContain("as if the unit changed from miles to metres");
    const [alert] = await ctx.db.select().from(alerts).where(eq(alerts.workspaceId, ctx.actor.workspaceId));
    expect(alert).toMatchObject({ severity: "page", isEnded: false });
    expect(alert?.labels).toMatchObject({ alertname: "DataIntegrity", feature: "distance", kind: "unit changed" });
    const later = now + 30 * 60_000;
    await countRows(ctx, served, { features, rows: newRows(300), to: later });
    await watchIntegrity(ctx, served.endpointId, { now: later, before: day }, notifyAfterChange);
    expect(await open(ctx)).toEqual([]);
  }),
);

test(
  "opens a ticket for a small share visible only over a day, and keeps it while recent minutes are inconclusive",
  inWorkspace(async (ctx) => {
    const served = await serveWithReference(ctx, features);
    const gaps = newRows(6000, () => (random() < 0.012 ? { distance: null } : {}));
    await countRows(ctx, served, { features, rows: gaps, to: now - 8 * hourMs, minutes: 10 });
    await countRows(ctx, served, { features, rows: newRows(60), to: now });
    await watchIntegrity(ctx, served.endpointId, { now }, notifyAfterChange);
    expect(await open(ctx)).toEqual([["missing values", "distance", "ticket"]]);
    expect((await listFindings(ctx))[0]?.words).toMatch(/Observed over the last 24 hours\.$/);
    await countRows(ctx, served, { features, rows: newRows(2000), to: now + 60_000 });
    await watchIntegrity(ctx, served.endpointId, { now: now + 60_000 }, notifyAfterChange);
    expect(await open(ctx)).toEqual([]);
  }),
);

test(
  "pages for constant predictions, and has no findings for an endpoint without monitoring",
  inWorkspace(async (ctx) => {
    const served = await serveWithReference(ctx, features);
    const { endpointId } = served;
    await countRows(ctx, served, { features, rows: newRows(300, () => ({ prediction: "on time" })), to: now });
    await watchIntegrity(ctx, endpointId, { now }, notifyAfterChange);
    expect(await open(ctx)).toContainEqual(["constant", "prediction", "page"]);
    await setMonitor(ctx, { endpointId, settings: { isOn: false }, reason: "Replaced soon." });
    await watchIntegrity(ctx, endpointId, { now: now + 60_000 }, notifyAfterChange);
    expect(await open(ctx)).toEqual([]);
  }),
);

test(
  "reports missing inputs and contract violations by input",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await serveWithReference(ctx, features);
    await setProtection(ctx, {
      endpointId,
      protection: { fields: [{ input: "x", name: "width", minimum: 0, onOutside: "flag" }] },
    });
    const windowStart = new Date(now - 60_000);
    await addWindow(ctx, { endpointId, versionId, windowStart, latenciesMs: Array(40).fill(3) });
    await ctx.db.execute(sql`update serving_windows set violations = ${JSON.stringify({ '["width","range","flagged"]': 20 })}::jsonb
      where endpoint_id = ${endpointId}`);
    await refuse(ctx, { endpointId, versionId }, 30, "input 'x' is missing");
    await watchIntegrity(ctx, endpointId, { now }, notifyAfterChange);
    expect((await open(ctx)).toSorted()).toEqual([
      ["input contract", "width", "ticket"],
      ["missing input", "x", "page"],
    ]);
  }),
);

test(
  "opens a ticket for a repeated request id with different inputs",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await serveWithReference(ctx, features);
    for (const value of [1, 2]) await logged(ctx, { endpointId, versionId, requestId: "same", value });
    for (const value of [3, 3]) await logged(ctx, { endpointId, versionId, requestId: "retried", value });
    await watchIntegrity(ctx, endpointId, { now }, notifyAfterChange);
    const [found] = await listFindings(ctx);
    expect(found?.words).toBe(
      '1 request ID was reused with different inputs, such as "same": labels cannot be attributed. Observed over the last 24 hours.',
    );
  }),
);

test(
  "checks cross-feature rules and duplicate rows on the prediction log, and rejects rules from a member",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await serveWithReference(ctx, features);
    const rule = { name: "ends after it begins", expression: "`x[1]` >= x[0]" };
    const set = { endpointId, rules: [rule], reason: "Seen in May." };
    await expect(setDataRules(as(ctx, "member"), set)).rejects.toMatchObject({ code: "forbidden" });
    const unreadable = { ...set, rules: [rule, { name: "half", expression: "x[0] >=" }] };
    await expect(setDataRules(ctx, unreadable)).rejects.toMatchObject({ code: "invalid", field: "rules.1.expression" });
    await setDataRules(ctx, set);
    const row = (at: number) => (at % 10 === 0 ? [at, at - 1, 0, 0] : [at, at + 1, 0, 0]);
    const old = Array.from({ length: 200 }, (_, at) => row(at + 1000));
    await logRows(ctx, { endpointId, versionId, rows: old, at: new Date(now - 30 * hourMs) });
    const fresh = Array.from({ length: 200 }, (_, at) => row(at % 150));
    await logRows(ctx, { endpointId, versionId, rows: fresh, at: new Date(now - 60_000) });
    await watchIntegrity(ctx, endpointId, { now }, notifyAfterChange);
    expect((await open(ctx)).toSorted()).toEqual([
      ["duplicates", "", "ticket"],
      ["rule", "ends after it begins", "ticket"],
    ]);
    const { checks } = await getIntegrity(ctx, { endpointId });
    expect(checks.find(({ check }) => check === "rule")?.words).toBe(
      '10% of rows violate "ends after it begins" (`x[1]` >= x[0]): 20 of 200 logged rows, 1% allowed.',
    );
  }),
);

test(
  "lists every check of every feature worst first, and explains missing checks without a reference",
  inWorkspace(async (ctx) => {
    const served = await serveWithReference(ctx, features);
    const { endpointId } = served;
    const renamed = newRows(400, ({ carrier }) => ({ carrier: carrier === "UA" ? "United" : carrier }));
    await countRows(ctx, served, { features, rows: renamed, to: now });
    await countRows(ctx, served, { features, rows: newRows(100), to: now, segment: "carrier=AA" });
    await watchIntegrity(ctx, endpointId, { now }, notifyAfterChange);
    const found = await getIntegrity(as(ctx, "viewer"), { endpointId, range: "1h" });
    expect(found).toMatchObject({ rows: 400, referenceRows: 5000, withoutReference: null, segments: ["carrier=AA"] });
    expect(found.features.map(({ feature, state }) => [feature, state])).toEqual([
      ["carrier", "broken"],
      ["distance", "whole"],
      ["prediction", "whole"],
    ]);
    expect(found.features[0]?.checks[0]).toMatchObject({ check: "level renamed" });
    expect(found.findings).toHaveLength(1);
    const history = await getFeatureHistory(ctx, { endpointId, range: "1h", feature: "carrier" });
    const seen = history.points.map(({ rows, unknown }) => [rows, (unknown ?? 0) > 0.3]);
    expect(seen.reduce((sum, [rows]) => sum + Number(rows), 0)).toBe(400);
    expect(seen.every(([, isUnknown]) => isUnknown)).toBe(true);
    await expect(getFeatureHistory(ctx, { endpointId, feature: "none" })).rejects.toMatchObject({ code: "not-found" });
    const part = await getIntegrity(ctx, { endpointId, range: "1h", segment: "carrier=AA" });
    expect(part).toMatchObject({ rows: 100 });
    const hour = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 60_000) };
    expect(await getIntegrity(ctx, { endpointId, ...hour })).toMatchObject({ rows: 400, range: hour });
    const fixed = await getFeatureHistory(ctx, { endpointId, ...hour, feature: "carrier" });
    expect(fixed.points.reduce((sum, { rows }) => sum + rows, 0)).toBe(400);
    const before = { from: new Date("2020-01-01"), to: new Date("2020-01-02") };
    expect((await getIntegrity(ctx, { endpointId, ...before })).version).toBeNull();
    await expect(getIntegrity(ctx, { endpointId, from: before.to, to: before.from })).rejects.toMatchObject({
      code: "invalid",
    });
    const { id } = await createEndpoint(ctx, { name: "empty" });
    expect((await getIntegrity(ctx, { endpointId: id })).withoutReference).toBe(
      "No version is deployed to this endpoint yet.",
    );
    await expect(getIntegrity(ctx, { endpointId: crypto.randomUUID() })).rejects.toMatchObject({ code: "not-found" });
    await expect(watchIntegrity(as(ctx, "operator"), endpointId, { now }, notifyAfterChange)).rejects.toMatchObject({
      code: "forbidden",
    });
  }),
);

test("evaluates each serving endpoint once a minute, despite one that fails", () =>
  rolledBack(async (db) => {
    const ctx = await newWorkspace(db);
    const served = await serveWithReference(ctx, features);
    await countRows(ctx, served, { features, rows: newRows(300, () => ({ prediction: "late" })), to: now });
    const runner = integrityWatcher(db, notifyAfterChange);
    await runner.evaluate(now);
    expect(await open(ctx)).toContainEqual(["constant", "prediction", "page"]);
    await countRows(ctx, served, { features, rows: newRows(4000), to: now, minutes: 4 });
    await runner.evaluate(now + 30_000);
    expect(await open(ctx)).toHaveLength(1);
    await runner.evaluate(now + 60_000);
    expect(await open(ctx)).toEqual([]);
  }));

async function refuse(ctx: Context, of: { endpointId: string; versionId: string }, times: number, error: string) {
  await ctx.db.insert(predictions).values(
    Array.from({ length: times }, () => ({
      id: crypto.randomUUID(),
      workspaceId: ctx.actor.workspaceId,
      ...of,
      arm: "stable" as const,
      at: new Date(now - 30_000),
      requestId: crypto.randomUUID(),
      status: 400,
      error,
      provider: "none",
      latencyMs: 1,
      loggedReason: "failed" as const,
    })),
  );
}

async function logRows(
  ctx: Context,
  { rows, at, ...of }: { endpointId: string; versionId: string; rows: number[][]; at: Date },
) {
  await ctx.db.insert(predictions).values(
    rows.map((data) => ({
      id: crypto.randomUUID(),
      workspaceId: ctx.actor.workspaceId,
      ...of,
      arm: "stable" as const,
      at,
      requestId: crypto.randomUUID(),
      status: 200,
      provider: "cpu",
      latencyMs: 1,
      inputs: [{ name: "x", datatype: "FP32", shape: [1, 4], data }],
    })),
  );
}

async function logged(
  ctx: Context,
  { requestId, value, ...of }: { endpointId: string; versionId: string; requestId: string; value: number },
) {
  await ctx.db.insert(predictions).values({
    id: crypto.randomUUID(),
    workspaceId: ctx.actor.workspaceId,
    ...of,
    arm: "stable",
    requestId,
    at: new Date(now - 30_000),
    status: 200,
    provider: "cpu",
    latencyMs: 1,
    inputs: [{ name: "x", datatype: "FP32", shape: [1], data: [value] }],
  });
}
