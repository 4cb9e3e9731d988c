import { expect, test } from "vitest";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import { newServed } from "#server/testing/fixtures/slo/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { priceCores } from "../../../testing/fixtures/cost/testing.ts";
import { budgetsOf, listCostBudgets } from "./queries.ts";
import { setCostBudget } from "./set-cost-budget.ts";

const reason = "agreed with finance";

test(
  "replaces a budget of the same scope from its month on, and removes it with 0",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    await priceCores(ctx, 0.04, new Date());
    await setCostBudget(ctx, { amount: 1000, fromMonth: "2026-01", reason });
    await setCostBudget(ctx, { amount: 1200, fromMonth: "2026-04", reason });
    await setCostBudget(ctx, { endpointId, amount: 300, fromMonth: "2026-01", reason });
    const of = async (month: string) => Object.fromEntries(await budgetsOf(ctx, month, "EUR"));
    expect(await of("2025-12")).toEqual({});
    expect(await of("2026-03")).toEqual({ "": 1000, [endpointId]: 300 });
    expect(await of("2026-05")).toEqual({ "": 1200, [endpointId]: 300 });
    await setCostBudget(ctx, { endpointId, amount: 0, fromMonth: "2026-05", reason });
    expect(await of("2026-05")).toEqual({ "": 1200 });
    expect(await budgetsOf(ctx, "2026-05", "USD")).toEqual(new Map());
    const [event] = (await readAuditLog(ctx, { limit: 1 })).events;
    expect(event).toMatchObject({ action: "cost-budget.set", subject: expect.stringContaining("endpoint/"), reason });
  }),
);

test(
  "rejects an incomparable budget, a missing scope and a member",
  inWorkspace(async (ctx) => {
    await expect(setCostBudget(ctx, { amount: 10, reason })).rejects.toMatchObject({ code: "invalid" });
    await priceCores(ctx, 0.04, new Date());
    await expect(setCostBudget(ctx, { amount: 10, currency: "USD", reason })).rejects.toMatchObject({
      code: "conflict",
    });
    const { endpointId } = await newServed(await newWorkspace(ctx.db));
    await expect(setCostBudget(ctx, { endpointId, amount: 10, reason })).rejects.toMatchObject({ code: "not-found" });
    const teamId = crypto.randomUUID();
    await expect(setCostBudget(ctx, { teamId, amount: 10, reason })).rejects.toMatchObject({ code: "not-found" });
    await expect(setCostBudget(ctx, { teamId, endpointId, amount: 1, reason })).rejects.toThrow(
      "an endpoint, a team or the whole workspace",
    );
    await expect(setCostBudget(as(ctx, "member"), { amount: 10, reason })).rejects.toMatchObject({ code: "forbidden" });
    expect((await listCostBudgets(as(ctx, "viewer"))).budgets).toEqual([]);
  }),
);
