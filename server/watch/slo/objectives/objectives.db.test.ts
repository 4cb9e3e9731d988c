import { expect, test } from "vitest";
import { runbooks, sliSeries, teamEndpoints, teams } from "#db/schema/index.ts";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import type { Context } from "#server/base/context.ts";
import { archiveEndpoint } from "#server/release/endpoints/archive-endpoint.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { newServed } from "../../../testing/fixtures/slo/testing.ts";
import { standardRules } from "../engine/standard-rules.ts";
import { archiveSlo } from "./archive-slo.ts";
import type { SloDraft } from "./contract.ts";
import { createSlo } from "./create-slo.ts";
import { countSlos, getSlo, listSloRevisions, listSlos } from "./queries.ts";
import { pauseSlo, resumeSlo } from "./set-pause.ts";
import { updateSlo } from "./update-slo.ts";

const reason = "x";
const month = { kind: "rolling" as const, days: 30 };
const available = (endpointId: string, more: Partial<SloDraft> = {}): SloDraft => {
  return { target: 0.999, period: month, indicator: { kind: "availability", endpointId }, ...more };
};
const fast = (endpointId: string, withinMs = 100): SloDraft => {
  return { target: 0.99, period: month, indicator: { kind: "latency", endpointId, withinMs } };
};

async function addTeam(ctx: Context, name = "forms") {
  const { workspaceId } = ctx.actor;
  const [team] = await ctx.db.insert(teams).values({ workspaceId, name }).returning();
  return team?.id ?? "";
}

async function addRunbook(ctx: Context) {
  const values = { workspaceId: ctx.actor.workspaceId, name: "slow", body: "- [ ] look", updatedBy: "test" };
  const [runbook] = await ctx.db.insert(runbooks).values(values).returning();
  return runbook?.id ?? "";
}

test(
  "fills in the endpoint's name, the standard rules of the SLO window and a series",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const slo = await createSlo(ctx, { name: "digits-up", definition: available(endpointId) });
    expect(slo).toMatchObject({
      service: "digits",
      endpoint: "digits",
      kind: "availability",
      revision: 1,
      budget: null,
    });
    expect(slo.definition.rules).toEqual(standardRules(month, "availability"));
    expect(slo).toMatchObject({ missing: ["owner", "runbook"], pages: true, firing: null, spark: [] });
    const second = await createSlo(ctx, { name: "digits-up-2", definition: available(endpointId) });
    expect(await ctx.db.select().from(sliSeries)).toHaveLength(1);
    expect((await listSlos(ctx)).slos.map(({ id }) => id)).toEqual([slo.id, second.id]);
    expect((await readAuditLog(ctx, { limit: 1 })).events).toMatchObject([
      { action: "slo.created", subject: "slo/digits-up-2" },
    ]);
    expect(await countSlos(ctx)).toMatchObject({ total: 2, bands: { "no-data": 2 }, lacking: 2, paging: 0 });
  }),
);

test.each<[string, (endpointId: string) => SloDraft, string, string]>([
  ["nothing to count", () => ({ target: 0.9, period: month }), "definition.indicator", "not both"],
  [
    "a time zone that is none",
    (id) => available(id, { period: { kind: "calendar", unit: "month", timeZone: "Mars/North" } }),
    "definition.period.timeZone",
    "Mars/North",
  ],
  [
    "a window longer than the SLO window",
    (id) =>
      available(id, {
        period: { kind: "rolling", days: 1 },
        rules: {
          tiers: [{ severity: "page", longMinutes: 1441, shortMinutes: 5, factor: 2 }],
          absent: null,
        },
      }),
    "definition.rules.tiers.0.longMinutes",
    "longer than the SLO window",
  ],
  [
    "a short window that is not shorter",
    (id) =>
      available(id, {
        rules: { tiers: [{ severity: "page", longMinutes: 60, shortMinutes: 60, factor: 2 }], absent: null },
      }),
    "definition.rules.tiers.0.shortMinutes",
    "shorter than the long window",
  ],
  [
    "an estimate that pages",
    (endpointId) => ({
      target: 0.9,
      period: month,
      indicator: { kind: "estimated-quality" as const, endpointId },
      rules: { tiers: [{ severity: "page", longMinutes: 60, shortMinutes: 5, factor: 2 }], absent: null },
    }),
    "definition.rules.tiers",
    "can only open tickets",
  ],
])("rejects %s at its field", async (_what, draft, field, words) => {
  await inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const made = createSlo(ctx, { name: "an-slo", definition: draft(endpointId) });
    await expect(made).rejects.toMatchObject({ code: "invalid", field, message: expect.stringContaining(words) });
  })();
});

test(
  "rejects windows below a minute, names that OpenSLO forbids and targets of 100%",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const definition = available(endpointId);
    const tiers = [{ severity: "page" as const, longMinutes: 0, shortMinutes: null, factor: 2 }];
    const wrong = [
      { name: "an-slo", definition: available(endpointId, { rules: { tiers, absent: null } }) },
      { name: "An_SLO", definition },
      { name: "an-slo", definition: available(endpointId, { target: 1 }) },
    ];
    for (const input of wrong) await expect(createSlo(ctx, input)).rejects.toMatchObject({ name: "ZodError" });
    await createSlo(ctx, { name: "an-slo", definition });
    await expect(createSlo(ctx, { name: "an-slo", definition })).rejects.toMatchObject({
      code: "conflict",
      field: "name",
    });
    await archiveEndpoint(ctx, { endpointId });
    // Its SLOs are archived with it; otherwise they would notify forever that there is no traffic.
    expect((await listSlos(ctx)).slos).toEqual([]);
    await expect(createSlo(ctx, { name: "later", definition })).rejects.toThrow("is archived");
  }),
);

test(
  "requires an owner and a runbook for custom paging rules once both exist",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const rules = standardRules(month, "availability");
    const definition = available(endpointId, { rules });
    await createSlo(ctx, { name: "before", definition });
    const [teamId, runbookId] = [await addTeam(ctx), await addRunbook(ctx)];
    const input = { name: "after", definition };
    await expect(createSlo(ctx, input)).rejects.toMatchObject({ code: "invalid", field: "teamId" });
    await expect(createSlo(ctx, { ...input, teamId })).rejects.toMatchObject({ code: "invalid", field: "runbookId" });
    expect(await createSlo(ctx, { ...input, name: "standard", definition: available(endpointId) })).toMatchObject({
      missing: ["owner", "runbook"],
    });
    const slo = await createSlo(ctx, { ...input, teamId, runbookId });
    expect(slo).toMatchObject({ missing: [], team: { name: "forms" }, runbook: { name: "slow" } });
    // An SLO saved earlier may be changed in other respects, but not lose its owner.
    const words = { ...slo.definition, description: "new" };
    await updateSlo(ctx, { sloId: (await getSlo(ctx, { slo: "before" })).id, definition: words, reason });
    await expect(updateSlo(ctx, { sloId: slo.id, teamId: null, reason })).rejects.toMatchObject({ field: "teamId" });
    await ctx.db.insert(teamEndpoints).values({ workspaceId: ctx.actor.workspaceId, endpointId, teamId });
    const inherited = await updateSlo(ctx, { sloId: slo.id, teamId: null, reason });
    expect(inherited).toMatchObject({ teamId: null, team: { id: teamId }, missing: [] });
    expect((await listSlos(ctx, { teamId })).slos).toHaveLength(3);
    await expect(updateSlo(ctx, { sloId: slo.id, teamId: slo.id, reason })).rejects.toMatchObject({
      code: "not-found",
    });
  }),
);

test(
  "stores every change as a revision with a reason, starts a new series per threshold, and rejects stale changes",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const { id: sloId } = await createSlo(ctx, { name: "fast", definition: fast(endpointId) });
    const change = { sloId, revision: 1, definition: fast(endpointId, 50), reason: "faster" };
    expect(await updateSlo(ctx, change)).toMatchObject({ revision: 2, definition: { indicator: { withinMs: 50 } } });
    await expect(updateSlo(ctx, change)).rejects.toMatchObject({ code: "conflict" });
    expect(await ctx.db.select().from(sliSeries)).toHaveLength(2);
    expect(await updateSlo(ctx, { ...change, revision: 2 })).toMatchObject({ revision: 2 });
    const { revisions } = await listSloRevisions(ctx, { slo: "fast" });
    expect(revisions).toMatchObject([
      { revision: 2, reason: "faster", changedBy: ctx.actor.name, definition: { indicator: { withinMs: 50 } } },
      { revision: 1, definition: { indicator: { withinMs: 100 } } },
    ]);
  }),
);

test(
  "accepts composite components of one window and method, but no composites, and keeps them unchanged",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const up = await createSlo(ctx, { name: "up", definition: available(endpointId) });
    const quick = await createSlo(ctx, { name: "quick", definition: fast(endpointId) });
    const week = await createSlo(ctx, {
      name: "week",
      definition: available(endpointId, { period: { kind: "rolling", days: 7 } }),
    });
    const of = (...ids: string[]): SloDraft => {
      return { target: 0.99, period: month, composite: { mode: "worst", parts: ids.map((sloId) => ({ sloId })) } };
    };
    const refused = { code: "invalid", field: "definition.composite.parts" };
    await expect(createSlo(ctx, { name: "both", definition: of(up.id, week.id) })).rejects.toMatchObject(refused);
    await expect(createSlo(ctx, { name: "both", definition: of(up.id, up.id) })).rejects.toMatchObject(refused);
    const both = await createSlo(ctx, { name: "both", definition: of(up.id, quick.id) });
    expect(both).toMatchObject({ kind: "composite", endpoint: null, parts: [{ name: "up" }, { name: "quick" }] });
    expect((await getSlo(ctx, { slo: "up" })).partOf).toEqual([{ id: both.id, name: "both" }]);
    await expect(createSlo(ctx, { name: "more", definition: of(both.id, up.id) })).rejects.toMatchObject(refused);
    const own = { sloId: both.id, definition: of(both.id, up.id), reason };
    await expect(updateSlo(ctx, own)).rejects.toMatchObject(refused);
    await expect(archiveSlo(ctx, { sloId: up.id, reason })).rejects.toThrow('"up" is a component of "both"');
    const shorter = { sloId: up.id, definition: available(endpointId, { period: week.period }), reason };
    await expect(updateSlo(ctx, shorter)).rejects.toMatchObject({ code: "conflict" });
    await expect(updateSlo(ctx, { ...shorter, definition: of(quick.id, week.id) })).rejects.toThrow();
  }),
);

test(
  "rejects repeated pausing and archiving, and restores an archived name with its revisions",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const { id: sloId } = await createSlo(ctx, { name: "up", definition: available(endpointId) });
    expect((await pauseSlo(ctx, { sloId, reason })).pausedAt).not.toBeNull();
    await expect(pauseSlo(ctx, { sloId, reason })).rejects.toMatchObject({ code: "conflict" });
    expect((await resumeSlo(ctx, { sloId, reason })).pausedAt).toBeNull();
    await expect(resumeSlo(ctx, { sloId, reason })).rejects.toMatchObject({ code: "conflict" });
    await archiveSlo(ctx, { sloId, reason });
    await expect(archiveSlo(ctx, { sloId, reason })).rejects.toMatchObject({ code: "conflict" });
    await expect(updateSlo(ctx, { sloId, teamId: null, reason })).rejects.toMatchObject({ code: "conflict" });
    expect((await listSlos(ctx)).slos).toEqual([]);
    expect((await listSlos(ctx, { isArchived: true })).slos).toMatchObject([{ name: "up" }]);
    const back = await createSlo(ctx, { name: "up", definition: available(endpointId, { target: 0.9 }) });
    expect(back).toMatchObject({ id: sloId, revision: 2, target: 0.9, archivedAt: null });
  }),
);

test(
  "filters the list by endpoint, kind and text, and limits a token to its endpoints",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const other = await newServed(ctx, "letters");
    await createSlo(ctx, { name: "up", definition: available(endpointId, { displayName: "Digits 100%" }) });
    await createSlo(ctx, { name: "quick", definition: fast(endpointId) });
    await createSlo(ctx, { name: "letters-up", definition: available(other.endpointId) });
    const names = async (input: Parameters<typeof listSlos>[1], as = ctx) =>
      (await listSlos(as, input)).slos.map(({ name }) => name);
    expect(await names({ endpointId })).toEqual(["quick", "up"]);
    expect(await names({ kind: "latency" })).toEqual(["quick"]);
    expect(await names({ search: "100%" })).toEqual(["up"]);
    expect(await names({ search: "%" })).toEqual(["up"]);
    expect(await names({ band: "no-data" })).toHaveLength(3);
    expect(await names({ band: "healthy" })).toEqual([]);
    const limited = { ...ctx, actor: { ...ctx.actor, endpoints: ["letters"] } };
    expect(await names({}, limited)).toEqual(["letters-up"]);
    await expect(getSlo(limited, { slo: "up" })).rejects.toMatchObject({ code: "not-found" });
  }),
);
