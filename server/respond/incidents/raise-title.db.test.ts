import { and, eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertGroups, auditEvents, incidents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { newGroup } from "../../testing/fixtures/incidents/testing.ts";
import { openIncident } from "./open-incident.ts";
import { getIncident } from "./queries.ts";
import { listTimeline } from "./timeline/queries.ts";
import { updateIncident } from "./update-incident.ts";
import { watchIncident } from "./watch-incident.ts";

const title = (share: string) => `card-fraud: ${share} of requests fail after v32`;

/** Opens the incident of a page of 12.1%, of whose alerts `now` is the title by then. */
async function paged(ctx: Context, name = "card-fraud", ruleKey = "slo:availability") {
  const { id: endpointId } = await createEndpoint(ctx, { name });
  const groupId = await newGroup(ctx, { endpointId });
  const { number } = await openIncident(ctx, { groupId, title: title("12.1%"), endpointId, startedAt: new Date() });
  const look = async (now: string) => {
    const summary = sql`${alertGroups.summary} || ${JSON.stringify({ title: now, ruleKey })}::jsonb`;
    await ctx.db.update(alertGroups).set({ summary }).where(eq(alertGroups.id, groupId));
    await watchIncident(ctx, number, Date.now());
    return (await getIncident(ctx, { number })).title;
  };
  return { number, look };
}

test(
  "raises the title with the share of its alerts, and never lowers it",
  inWorkspace(async (ctx) => {
    const { number, look } = await paged(ctx);
    expect(await look(title("15.6%"))).toBe(title("15.6%"));
    expect(await look(title("0.4%"))).toBe(title("15.6%"));
    expect(await look(title("31%"))).toBe(title("31%"));
    const events = await listTimeline(ctx, { number });
    expect(events.filter((event) => event.title.startsWith("The share rose"))).toHaveLength(2);
    const recorded = await ctx.db
      .select()
      .from(auditEvents)
      .where(and(eq(auditEvents.workspaceId, ctx.actor.workspaceId), eq(auditEvents.action, "incident.title-raised")));
    expect(recorded.map(({ after }) => after)).toEqual([{ title: title("15.6%") }, { title: title("31%") }]);
  }),
);

test(
  "leaves the title to people once one has acknowledged the incident or edited it",
  inWorkspace(async (ctx) => {
    const acknowledged = await paged(ctx);
    const own = and(eq(incidents.workspaceId, ctx.actor.workspaceId), eq(incidents.number, acknowledged.number));
    await ctx.db.update(incidents).set({ acknowledgedAt: new Date() }).where(own);
    expect(await acknowledged.look(title("15.6%"))).toBe(title("12.1%"));
    const edited = await paged(ctx, "eta-minutes");
    const entered = "card-fraud: 13% of requests fail after v32";
    await updateIncident(ctx, { number: edited.number, title: entered });
    expect(await edited.look(title("15.6%"))).toBe(entered);
  }),
);

test(
  "leaves the titles of other rules, of which a higher share may be the better one",
  inWorkspace(async (ctx) => {
    const { look } = await paged(ctx, "card-fraud", "external:Accuracy");
    expect(await look(title("15.6%"))).toBe(title("12.1%"));
  }),
);
