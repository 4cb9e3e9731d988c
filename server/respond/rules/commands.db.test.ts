import { expect, test } from "vitest";
import { teamEndpoints } from "#db/schema/index.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { addTraffic, newOwner, newServed } from "../../testing/fixtures/alerts/rules/testing.ts";
import { archiveAlertRule } from "./archive-alert-rule.ts";
import type { CreateAlertRule } from "./contract.ts";
import { createAlertRule } from "./create-alert-rule.ts";
import { listAlertRules } from "./queries.ts";
import { replayAlertRule } from "./replay/replay-alert-rule.ts";

const spec = { kind: "threshold", metric: "p95-ms", op: ">", value: 100 } as const;
const input: CreateAlertRule = { name: "Slow", spec, severity: "ticket" };

test(
  "requires an owner and a runbook for a page, where the endpoint's owner suffices",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const { teamId, runbookId } = await newOwner(ctx);
    const page: CreateAlertRule = { ...input, endpointId, severity: "page" };
    await expect(createAlertRule(ctx, { ...page, teamId })).rejects.toMatchObject({ field: "runbookId" });
    await expect(createAlertRule(ctx, { ...page, runbookId })).rejects.toMatchObject({ field: "teamId" });
    await ctx.db.insert(teamEndpoints).values({ workspaceId: ctx.actor.workspaceId, teamId, endpointId });
    expect(await createAlertRule(ctx, { ...page, runbookId })).toMatchObject({ missing: [], runbook: "risk runbook" });
  }),
);

test(
  "rejects pages for spend and run health",
  inWorkspace(async (ctx) => {
    const owner = await newOwner(ctx);
    const specs: CreateAlertRule["spec"][] = [
      { kind: "threshold", metric: "cost-per-1000", op: ">", value: 1 },
      { kind: "run-health", findings: ["nan"] },
      { kind: "budget", below: 0.2 },
    ];
    for (const spec of specs) {
      const page = createAlertRule(ctx, { ...input, ...owner, spec, severity: "page" });
      await expect(page).rejects.toMatchObject({ field: "severity" });
    }
  }),
);

test(
  "returns missing owner and runbook of a ticket and its description, and requires a unique name",
  inWorkspace(async (ctx) => {
    const rule = await createAlertRule(ctx, input);
    expect(rule).toMatchObject({
      missing: ["owner", "runbook"],
      words: "p95 latency of any endpoint over 5 minutes is above 100\u00a0ms.",
    });
    await expect(createAlertRule(ctx, input)).rejects.toMatchObject({ code: "conflict", field: "name" });
    await archiveAlertRule(ctx, { ruleId: rule.id });
    await createAlertRule(ctx, input);
    expect(await listAlertRules(ctx)).toHaveLength(1);
    expect(await listAlertRules(ctx, { withArchived: true })).toHaveLength(2);
  }),
);

test(
  "rejects references to another workspace and unknown run-health findings",
  inWorkspace(async (ctx) => {
    const other = await newWorkspace(ctx.db);
    const theirs = await newOwner(other);
    const { endpointId } = await newServed(other);
    await expect(createAlertRule(ctx, { ...input, teamId: theirs.teamId })).rejects.toMatchObject({ field: "teamId" });
    await expect(createAlertRule(ctx, { ...input, runbookId: theirs.runbookId })).rejects.toMatchObject({
      field: "runbookId",
    });
    await expect(createAlertRule(ctx, { ...input, endpointId })).rejects.toMatchObject({ code: "not-found" });
    const odd = createAlertRule(ctx, { ...input, spec: { kind: "run-health", findings: ["tired"] } });
    await expect(odd).rejects.toMatchObject({ field: "spec.findings" });
  }),
);

test(
  "replays when a threshold would have fired, and reports what cannot be replayed",
  inWorkspace(async (ctx) => {
    const served = await newServed(ctx);
    const now = Date.UTC(2026, 4, 4, 12);
    // Two hours of traffic, every request failing for ten minutes an hour ago.
    for (let minute = 1; minute <= 120; minute += 1) {
      const isBad = minute > 50 && minute <= 60;
      await addTraffic(ctx, {
        ...served,
        now,
        secondsAgo: minute * 60 - 30,
        good: isBad ? 0 : 10,
        failed: isBad ? 10 : 0,
      });
    }
    const threshold = { kind: "threshold", metric: "error-rate", op: ">", value: 0.5, windowMinutes: 1 } as const;
    const replay = (spec: object, days = 1) =>
      replayAlertRule(ctx, { endpointId: served.endpointId, spec: { ...threshold, ...spec }, days }, now);
    const found = await replay({});
    const at = (minutesAgo: number) => now - minutesAgo * 60_000;
    expect(found).toMatchObject({
      fired: 1,
      firingMinutes: 10,
      minutes: 120,
      episodes: [{ from: at(59), to: at(49) }],
    });
    expect(found.words).toBe("This rule would have fired once in the last day, for 10 minutes in total.");
    expect((await replay({ forMinutes: 10 })).fired).toBe(0);
    expect((await replay({ metric: "requests-per-second", op: "<", value: 0.1 })).episodes).toEqual([]);
    await expect(replay({ metric: "gpu-memory" })).rejects.toMatchObject({ field: "spec.metric" });
  }),
);
