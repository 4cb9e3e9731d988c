import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertEvents, alertVerdicts, contactMethods, incidents, notifications } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { newGroup, newPerson, newSchedule } from "#server/testing/fixtures/oncall/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import type { Verdict } from "../../alerting/alerts/contract.ts";
import { createAlertRule } from "../rules/create-alert-rule.ts";
import { ruleQuality } from "./rule-quality.ts";
import { submitFeedback } from "./submit-feedback.ts";

const spec = { kind: "threshold", metric: "p95-ms", op: ">", value: 100 } as const;

/** Adds a page that was delivered to a user at a given time. */
async function deliver(ctx: Context, groupId: string, userId: string, deliveredAt: string, turn = "email") {
  const message = { title: "PAGE", severity: "page", status: "firing" } as never;
  await ctx.db.insert(notifications).values({
    workspaceId: ctx.actor.workspaceId,
    userId,
    groupId,
    turn,
    kind: "escalation",
    severity: "page",
    message,
    deduplicationKey: randomUUID(),
    lane: turn,
    state: "delivered",
    deliveredAt: new Date(deliveredAt),
  });
}

test(
  "replaces feedback on a group, and keeps both in the history",
  inWorkspace(async (ctx) => {
    const groupId = await newGroup(ctx, { name: "Slow" });
    const member = as(ctx, "member");
    await submitFeedback(member, { groupId, verdict: "noise" });
    await submitFeedback(member, { groupId, verdict: "noise" });
    await submitFeedback(member, { groupId, verdict: "actionable" });
    const rows = await ctx.db.select().from(alertVerdicts).where(eq(alertVerdicts.groupId, groupId));
    expect(rows).toMatchObject([{ ruleKey: "external:Slow", severity: "page", verdict: "actionable" }]);
    const events = await ctx.db
      .select()
      .from(alertEvents)
      .where(eq(alertEvents.groupId, groupId))
      .orderBy(alertEvents.id);
    expect(events.map(({ kind, data }) => [kind, data])).toEqual([
      ["verdict", { verdict: "noise", before: null }],
      ["verdict", { verdict: "actionable", before: "noise" }],
    ]);
    const other = await newWorkspace(ctx.db);
    await expect(submitFeedback(other, { groupId, verdict: "noise" })).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "computes precision, duplicates and a suggestion from the feedback on a rule",
  inWorkspace(async (ctx) => {
    const { id } = await createAlertRule(ctx, { name: "Slow", spec, severity: "ticket" });
    const verdicts: Verdict[] = [
      "actionable",
      "actionable",
      "noise",
      "noise",
      "noise",
      "known",
      "duplicate",
      "duplicate",
    ];
    for (const [index, verdict] of verdicts.entries()) {
      await submitFeedback(ctx, { groupId: await newGroup(ctx, { name: `${index}`, ruleKey: `rule:${id}` }), verdict });
    }
    await newGroup(ctx, { name: "nobody said", ruleKey: `rule:${id}` });
    const { rules } = await ruleQuality(ctx);
    expect(rules).toMatchObject([
      {
        ruleKey: `rule:${id}`,
        name: "Slow",
        href: `/alerts/rules/${id}`,
        severity: "page",
        groups: 9,
        unrated: 1,
        verdicts: { actionable: 2, known: 1, noise: 3, duplicate: 2 },
        precision: { share: 0.25, count: 8 },
        duplicateRate: 0.25,
        suggestion: { kind: "make-ticket" },
      },
    ]);
  }),
);

test(
  "ignores feedback older than 30 days, and suggests deleting a rule of 90 days without actionable feedback",
  inWorkspace(async (ctx) => {
    const now = Date.now();
    const ago = (days: number) => new Date(now - days * dayMs);
    const groupId = await newGroup(ctx, { name: "Old", createdAt: ago(60) });
    await submitFeedback(ctx, { groupId, verdict: "noise" });
    await ctx.db.update(alertVerdicts).set({ at: ago(60) });
    const { workspaceId } = ctx.actor;
    await ctx.db.insert(alertEvents).values({ workspaceId, kind: "firing", ruleKey: "external:Old", at: ago(100) });
    const [rule] = (await ruleQuality(ctx, now)).rules;
    expect(rule).toMatchObject({ name: "Old", groups: 0, precision: null, suggestion: { kind: "delete" } });
  }),
);

test(
  "counts night pages in the engineer's time zone, once per group, relative to shifts",
  inWorkspace(async (ctx) => {
    const now = Date.UTC(2026, 5, 1);
    const userId = await newPerson(ctx, "Ana");
    const { workspaceId } = ctx.actor;
    await ctx.db.insert(contactMethods).values({ workspaceId, userId, methods: [], timeZone: "America/New_York" });
    await newSchedule(ctx, { userIds: [userId] });
    const createdAt = new Date("2026-05-20T00:00:00Z");
    const night = await newGroup(ctx, { name: "Slow", createdAt });
    const day = await newGroup(ctx, { name: "Failing", createdAt, ruleKey: "external:Slow" });
    // 05:30 in New York, twice by two ways; 12:00 there.
    await deliver(ctx, night, userId, "2026-05-20T09:30:00Z");
    await deliver(ctx, night, userId, "2026-05-20T09:30:01Z", "slack");
    await deliver(ctx, day, userId, "2026-05-20T16:00:00Z");
    const quality = await ruleQuality(ctx, now);
    expect(quality.rules).toMatchObject([{ groups: 2, pages: 2, nightPages: 1 }]);
    // One user from 4 May on, with consecutive weekly shifts: the weeks from 4, 11, 18 and 25 May.
    expect(quality).toMatchObject({ pages: 2, nightPages: 1, pagesPerShift: 0.5 });
  }),
);

test(
  "counts an incident without a page within 10 min as missed, except cancelled ones",
  inWorkspace(async (ctx) => {
    const startedAt = new Date(Date.now() - dayMs);
    const later = (minutes: number) => new Date(startedAt.getTime() + minutes * 60_000);
    const add = (number: number, pagedAt: Date | null, state: "active" | "cancelled" = "active") =>
      ctx.db.insert(incidents).values({
        workspaceId: ctx.actor.workspaceId,
        number,
        title: "x",
        severity: "SEV2",
        state,
        pagedAt,
        startedAt,
        detectedAt: startedAt,
        isFoundByMachine: true,
        declaredBy: "Leeway",
      });
    await add(1, later(9));
    await add(2, later(11));
    await add(3, null);
    await add(4, null, "cancelled");
    expect((await ruleQuality(ctx)).missed).toEqual({ incidents: 3, missed: 2, recall: 1 - 2 / 3 });
  }),
);
