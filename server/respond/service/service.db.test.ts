import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { createTeam } from "#server/platform/teams/create-team.ts";
import { acknowledgeGroups } from "#server/respond/acknowledgement/acknowledge-groups.ts";
import { declareIncident } from "#server/respond/incidents/declare-incident.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { newPerson } from "#server/testing/fixtures/oncall/testing.ts";
import { setOnFire } from "#server/testing/fixtures/triage/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { getDriftRow } from "#server/watch/monitoring/drift/report/list-drift.ts";
import { settleFindings } from "#server/watch/monitoring/findings/settle-findings.ts";
import { createSlo } from "#server/watch/slo/objectives/create-slo.ts";
import { listFleet } from "../fleet/queries.ts";
import { getServiceHead } from "./head-queries.ts";

const headOf = async (ctx: Context, name: string) => getServiceHead(ctx, await getEndpoint(ctx, { name }));

test(
  "says how an endpoint is, who owns it, which incident is open, and which tabs are worth a look",
  inWorkspace(async (ctx) => {
    const { endpointId } = await setOnFire(ctx, { name: "card-fraud" });
    await createTeam(ctx, { name: "Payments", endpoints: ["card-fraud"] });
    const finding = {
      key: "nulls:amount",
      kind: "missing values",
      feature: "amount",
      severity: "ticket" as const,
      words: "6.2% of amount is missing.",
    };
    await settleFindings(ctx, { endpointId, watcher: "integrity", findings: [finding] }, notifyAfterChange);
    const head = await headOf(ctx, "card-fraud");
    expect(head).toMatchObject({ state: { word: "Failing" }, owner: "Payments", onCall: [] });
    expect(head.marks).toEqual({ health: "missed", data: "watch" });
    expect(head.incident).toMatchObject({ number: 1, stage: "act", owner: null });
    expect(head.incident?.title).toMatch(/^card-fraud: /);
    const groupIds = head.incident?.unacknowledgedGroupIds ?? [];
    expect(groupIds.length).toBeGreaterThan(0);
    await acknowledgeGroups(ctx, { groupIds });
    const { incident } = await headOf(ctx, "card-fraud");
    expect(incident).toMatchObject({ unacknowledgedGroupIds: [], owner: ctx.actor.name, next: null });
    expect(await getDriftRow(ctx, endpointId)).toMatchObject({ problem: "no-reference" });
  }),
);

test(
  "shows nothing of another workspace",
  inWorkspace(async (ctx) => {
    await createEndpoint(ctx, { name: "card-fraud" });
    const other = await newWorkspace(ctx.db);
    await setOnFire(other, { name: "card-fraud" });
    expect(await headOf(ctx, "card-fraud")).toMatchObject({
      state: { word: "No traffic" },
      owner: null,
      incident: null,
      marks: {},
    });
    const { rows } = await listFleet(ctx);
    expect(rows).toMatchObject([{ name: "card-fraud", need: "idle", next: null, worst: null }]);
  }),
);

test(
  "lists the fleet by need, each endpoint with its next step, its worst SLO and its incident",
  inWorkspace(async (ctx) => {
    await createEndpoint(ctx, { name: "asleep" });
    await setOnFire(ctx, { name: "card-fraud" });
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    await declareIncident(ctx, { title: "digits: 4 of 10 images rejected", severity: "SEV3", endpointId });
    const viewer = as(ctx, "viewer");
    const { rows, isCut } = await listFleet(viewer);
    expect(isCut).toBe(false);
    expect(rows.map(({ name, need, next }) => [name, need, next?.words])).toEqual([
      ["card-fraud", "action", "Acknowledge INC-1"],
      ["digits", "action", "Acknowledge INC-2"],
      ["asleep", "idle", undefined],
    ]);
    expect(rows[0]?.worst).toMatchObject({ name: "card-fraud-answers" });
    expect(rows[1]?.worst).toBeNull();
  }),
);

test(
  "lists each endpoint with its owner, its latency target and its quality, and the teams of the reader",
  inWorkspace(async (ctx) => {
    const { endpointId } = await setOnFire(ctx, { name: "card-fraud" });
    const userId = await newPerson(ctx, "Ines");
    const { id } = await createTeam(ctx, { name: "Payments", endpoints: ["card-fraud"], members: [{ userId }] });
    for (const [target, withinMs] of [
      [0.99, 250],
      [0.95, 120],
    ] as const) {
      const indicator = { kind: "latency", endpointId, withinMs } as const;
      await createSlo(ctx, {
        name: `card-fraud-${withinMs}`,
        definition: { target, period: { kind: "rolling", days: 28 }, indicator },
      });
    }
    const reader: Context = { ...ctx, actor: { ...ctx.actor, kind: "user", id: userId } };
    const { rows, ownTeams } = await listFleet(reader);
    expect(ownTeams).toEqual([id]);
    expect(rows).toMatchObject([
      {
        team: { id, name: "Payments" },
        latencyTarget: { target: 0.95, withinMs: 120 },
        quality: { state: "no-data", value: null },
      },
    ]);
  }),
);
