import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { endpoints, incidents, reports } from "#db/schema/index.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { createReportFixture } from "../../testing/fixtures/reports/testing.ts";
import { figuresOf } from "./figures-of.ts";
import { getReport } from "./get-report.ts";
import { nameOf, stepped } from "./periods.ts";
import { plainSentence } from "./sentence/text.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

test(
  "summarises a week by its SLOs, incidents and releases, worst model first",
  inWorkspace(async (ctx) => {
    const { week } = await createReportFixture(ctx);
    const facts = await getReport(ctx, { name: nameOf(week) });
    expect(facts.objectives.met).toMatchObject({ value: 1, unit: "of 2" });
    expect(facts.budgets.rows.map(({ model, state, left }) => [model, state, plain(left.text)])).toEqual([
      ["churn", "missed", "20% over"],
      ["digits", "on-target", "100%"],
    ]);
    expect(facts.portfolio.map(({ model, state }) => [model, state])).toEqual([
      ["churn", "missed"],
      ["digits", "on-target"],
    ]);
    expect(plain(facts.portfolio[0]?.cells[0]?.figure.text ?? "")).toBe("94%");
    expect(facts.portfolio[0]?.cells.slice(1).map(({ figure }) => figure.reason)).toEqual([
      "no labels",
      "no SLO",
      "no groups",
      "no prices",
    ]);
    expect([facts.incidents.count.value, facts.incidents.customerMinutes.text]).toEqual([1, "1,420"]);
    expect([facts.response.detect.text, facts.response.restore.text].map(plain)).toEqual(["4 min", "30 min"]);
    expect(plain(plainSentence(facts.sentence))).toBe(
      "One of two models met all SLOs; churn missed reliability in INC-1. One incident cost 1,420 customer minutes.",
    );
    expect(facts.risks[0]).toMatchObject({ words: "churn-up: error budget exhausted, 20% over", owner: null });
  }),
);

test(
  "names the incident of the model that missed, though another model has a newer one",
  inWorkspace(async (ctx) => {
    const { week } = await createReportFixture(ctx);
    const [own] = await ctx.db.select().from(incidents).where(eq(incidents.workspaceId, ctx.actor.workspaceId));
    const [other] = await ctx.db.select().from(endpoints).where(eq(endpoints.name, "digits"));
    if (!own || !other) throw new Error("The fixture has an incident and the endpoint digits.");
    const startedAt = new Date(own.startedAt.getTime() + 60_000);
    await ctx.db
      .insert(incidents)
      .values({ ...own, id: randomUUID(), number: own.number + 1, endpointId: other.id, startedAt });
    const facts = await getReport(ctx, { name: nameOf(week) });
    expect(facts.incidents.count.value).toBe(2);
    expect(plain(plainSentence(facts.sentence))).toContain("churn missed reliability in INC-1.");
  }),
);

test(
  "returns the same numbers to two readers despite changes in between",
  inWorkspace(async (ctx) => {
    const { week } = await createReportFixture(ctx);
    const first = await getReport(ctx, { name: nameOf(week) });
    await ctx.db.update(incidents).set({ state: "cancelled" }).where(eq(incidents.workspaceId, ctx.actor.workspaceId));
    const second = await getReport(as(ctx, "viewer"), { name: nameOf(week) });
    expect(figuresOf(second)).toEqual(figuresOf(first));
    await ctx.db.delete(reports).where(eq(reports.workspaceId, ctx.actor.workspaceId));
    expect((await getReport(ctx, { name: nameOf(week) })).incidents.count.value).toBe(0);
  }),
);

test(
  "limits a token to its endpoint, and does not store its report for others",
  inWorkspace(async (ctx) => {
    const { week } = await createReportFixture(ctx);
    const limited = { ...ctx, actor: { ...ctx.actor, kind: "token" as const, endpoints: ["digits"] } };
    const facts = await getReport(limited, { name: nameOf(week) });
    expect(facts.portfolio.map(({ model }) => model)).toEqual(["digits"]);
    expect(facts.incidents.count.value).toBe(0);
    expect(JSON.stringify(facts)).not.toContain("churn");
    expect(await ctx.db.$count(reports, eq(reports.workspaceId, ctx.actor.workspaceId))).toBe(0);
  }),
);

test(
  "does not find a future period, and reports only its own workspace",
  inWorkspace(async (ctx) => {
    const { week } = await createReportFixture(ctx);
    await expect(getReport(ctx, { name: nameOf(stepped(week, 9)) })).rejects.toMatchObject({ code: "not-found" });
    await expect(getReport(ctx, { name: "2026-W77" })).rejects.toMatchObject({ code: "invalid" });
    const other = await getReport(await newWorkspace(ctx.db), { name: nameOf(week) });
    expect(other.portfolio).toEqual([]);
    expect(plainSentence(other.sentence)).toBe("No SLOs yet.");
  }),
);
