import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { endpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { nameOf, periodOf, stepped } from "#server/report/reports/periods.ts";
import { rollBackEndpoint } from "#server/respond/triage/actions/roll-back-endpoint.ts";
import { clientOf } from "#server/testing/fixtures/http/v1/testing.ts";
import { logPredictions, newLateness } from "#server/testing/fixtures/monitoring/quality/testing.ts";
import { newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { beat, countArms, newRollout, recheck } from "#server/testing/fixtures/rollouts/testing.ts";
import { setOnFire } from "#server/testing/fixtures/triage/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { MonitorSettings } from "#server/watch/monitoring/contract.ts";
import { recountHour } from "#server/watch/monitoring/quality/counts/recount-hour.ts";
import { type FactsFixture, facts, type Places } from "./facts.ts";

type Fact = keyof typeof facts;

const settings = { kind: "webhook", url: "http://127.0.0.1:1/", format: "alertmanager", maxAlerts: 0 } as const;

/** A page at an endpoint whose new version fails. */
async function onFire(ctx: Context, failing = 0.156): Promise<FactsFixture> {
  for (const receiver of ["on-call", "tickets"]) await newReceiver(ctx, receiver, [{ settings }]);
  const { endpointId } = await setOnFire(ctx, { name: "card-fraud", failing });
  return { ctx, call: await clientOf(ctx), endpoint: "card-fraud", endpointId };
}

async function rolledBack(ctx: Context): Promise<FactsFixture> {
  const fixture = await onFire(ctx);
  await rollBackEndpoint(ctx, { endpointId: fixture.endpointId, reason: "It fails." });
  return fixture;
}

/** A rollout that is rolled back because its version fails. */
async function regression(ctx: Context): Promise<FactsFixture> {
  await newReceiver(ctx, "on-call", [{ settings: { kind: "pagerduty" }, secret: "0".repeat(32) }]);
  const { rolloutId, endpointId, canary } = await newRollout(ctx);
  await beat(ctx, { endpointId, versionId: canary.id });
  await recheck(ctx, rolloutId);
  await countArms(ctx, rolloutId, { step: 0, weight: 0.1 }, { canary: [400, 80], stable: [3600, 15] });
  await recheck(ctx, rolloutId);
  return { ctx, call: await clientOf(ctx), endpoint: "digits", endpointId, rolloutId };
}

/** An endpoint with labels in the week before. */
async function labelled(ctx: Context): Promise<FactsFixture> {
  const of = await newLateness(ctx);
  await deployVersion(ctx, { endpointId: of.endpointId, model: "lateness", version: 1 });
  const week = stepped(periodOf("week", Date.now(), "UTC"), -1);
  const at = Date.parse(`${week.start}T00:00:00Z`) + 30 * hourMs;
  await ctx.db
    .update(endpoints)
    .set({ createdAt: new Date(at - 720 * hourMs) })
    .where(eq(endpoints.id, of.endpointId));
  const truths = Array.from({ length: 100 }, (_, index) => (index < 80 ? "late" : "on time"));
  const logged = truths.map((truth) => ({ at: new Date(at), score: 0.9, truth, lagMs: 60_000 }));
  await logPredictions(ctx, of, logged);
  const hour = { endpointId: of.endpointId, hour: at, settings: MonitorSettings.parse({}), now: Date.now() };
  await recountHour(ctx, hour);
  return { ctx, call: await clientOf(ctx), endpoint: "lateness", endpointId: of.endpointId, report: nameOf(week) };
}

/** Facts by the fixture in which they are read. */
const fixtures: [string, (ctx: Context) => Promise<FactsFixture>, readonly Fact[]][] = [
  [
    "while a page fires",
    onFire,
    [
      "state of an endpoint",
      "word for the state of an endpoint",
      "title of an incident",
      "state of an SLO",
      "error budget left",
      "quality of an endpoint",
    ],
  ],
  [
    "when a budget is overspent many times",
    (ctx) => onFire(ctx, 0.9),
    ["title of an incident", "share of the traffic that is affected", "state of an SLO", "error budget left"],
  ],
  [
    "after a rollback",
    rolledBack,
    ["state of an endpoint", "word for the state of an endpoint", "changes that were rolled back"],
  ],
  [
    "of a rollout that was rolled back",
    regression,
    ["why a rollout was rolled back", "requests that a rollout affected", "counts of a guardrail"],
  ],
  ["of labelled predictions", labelled, ["quality of an endpoint"]],
];

describe.each(fixtures)("%s", (_, prepare, names) => {
  test(
    "every place shows the same",
    inWorkspace(async (ctx) => {
      const fixture = await prepare(ctx);
      const differing: Record<string, unknown> = {};
      for (const name of names) {
        const places: Places = facts[name];
        const shown: Record<string, unknown> = {};
        for (const [place, read] of Object.entries(places)) shown[place] = await read(fixture);
        const values = Object.values(shown).map((value) => JSON.stringify(value));
        const isEmpty = values.some((value) => value === undefined || value === '""' || value === "[]");
        if (isEmpty || new Set(values).size !== 1) differing[name] = shown;
      }
      expect(differing).toEqual({});
    }),
  );
});

test("every fact is read of a fixture, in at least two places", () => {
  const read = new Set(fixtures.flatMap(([, , names]) => names));
  expect([...read].sort()).toEqual(Object.keys(facts).sort());
  for (const places of Object.values(facts)) expect(Object.keys(places).length).toBeGreaterThan(1);
});
