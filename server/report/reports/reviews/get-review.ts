import { and, eq, isNull } from "drizzle-orm";
import { incidentActions, reviewTicks } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { listLabelBacklogs } from "#server/improve/labelling/runs/summary-queries.ts";
import { listRetrainingPolicies } from "#server/improve/retraining/policies/queries.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { readReleases } from "#server/release/outcomes/read-releases.ts";
import { selectActions } from "#server/respond/incidents/actions/queries.ts";
import { uncountedStates } from "#server/respond/incidents/contract.ts";
import { listIncidents } from "#server/respond/incidents/queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { mayUse } from "#server/serve/endpoints/permit-endpoint.ts";
import { readCosts } from "#server/watch/cost/report/queries.ts";
import { describeEdge } from "#server/watch/cost/spending/describe-edge.ts";
import { listFindings } from "#server/watch/monitoring/findings/queries.ts";
import { activeProfiles } from "#server/watch/monitoring/profiles/load-profile.ts";
import { listEndedCycles, listHeldGameDays } from "../facts/improvement.ts";
import { type ReadObjective, type ReadSpan, readObjectives } from "../facts/objectives.ts";
import { readSpanOf } from "../facts/read-span-of.ts";
import { getReport } from "../get-report.ts";
import { daysOf, type NamedPeriod, nameOf, periodNamed, periodOf, stepped, titleOf } from "../periods.ts";
import { plainSentence } from "../sentence/text.ts";
import { type Cadence, GetReview, type Review, type ReviewItem, type ReviewRow, reviewItems } from "./contract.ts";
import { sectionLabels } from "./section-labels.ts";
import * as rows from "./section-rows.ts";

const maxRows = 40;
const maxRead = 500;

/**
 * Returns the items to review in a week or a month, with who reviewed each. @throws DomainError "invalid" for an invalid name,
 * "not-found" for a period that has not started
 */
export async function getReview(ctx: Context, input: GetReview = {}): Promise<Review> {
  permit(ctx, "getReview");
  const query = GetReview.parse(input);
  const now = Date.now();
  const timeZone = await workspaceTimeZone(ctx);
  const named = query.name === undefined ? periodOf(query.cadence, now, timeZone) : periodNamed(query.name);
  const cadence: Cadence = named.period === "month" ? "month" : "week";
  const span = readSpanOf(named, timeZone, now);
  const { from, to } = span;
  if (from > now) throw new DomainError("not-found", `${nameOf(named)} has not started yet.`);
  // Users who may see reviews see their rows: the permissions of the individual pages do not apply to the list.
  const system = systemContext(ctx.db, ctx.actor.workspaceId, "review");
  const reader = { ...system, actor: { ...system.actor, endpoints: ctx.actor.endpoints } };
  // Who reviewed what concerns the complete workspace.
  const ticks: Awaited<ReturnType<typeof ticksOf>> = ctx.actor.endpoints ? new Map() : await ticksOf(ctx, named);
  // Read once for both lists that use them.
  let read: Promise<ReadObjective[]> | undefined;
  const objectives = () => {
    read ??= readObjectives(reader, span);
    return read;
  };
  const items = reviewItems[cadence];
  const [sections, { sentence }] = await sideBySide(ctx, [
    () =>
      sideBySide<Review["sections"]>(
        ctx,
        items.map((item) => async () => {
          const found = await readers[item](reader, span, objectives);
          const tick = ticks.get(item) ?? null;
          return { item, ...sectionLabels[item], rows: found.slice(0, maxRows), total: found.length, tick };
        }),
      ),
    () => getReport(reader, { name: nameOf(named) }),
  ]);
  return {
    cadence,
    name: nameOf(named),
    title: titleOf(named),
    days: daysOf(named),
    from: new Date(from),
    to: new Date(to),
    isPartial: now < to,
    timeZone,
    edges: describeEdge(timeZone, from),
    previous: nameOf(stepped(named, -1)),
    next: to <= now ? nameOf(stepped(named, 1)) : null,
    sentence: plainSentence(sentence),
    sections,
  };
}

type Reader = (ctx: Context, span: ReadSpan, objectives: () => Promise<ReadObjective[]>) => Promise<ReviewRow[]>;

const readers: Record<ReviewItem, Reader> = {
  drift: async (ctx, { timeZone }) => {
    const found = await listFindings(ctx, { state: "open", limit: maxRead });
    const rank = { page: 0, ticket: 1, note: 2 };
    return found
      .toSorted((one, other) => rank[one.severity] - rank[other.severity])
      .map((finding) => rows.findingRow(finding, timeZone));
  },
  labels: async (ctx, { timeZone }, objectives) => [
    ...rows.backlogRows(await listLabelBacklogs(ctx)),
    ...rows.labelRows(await objectives(), timeZone),
  ],
  retraining: async (ctx, { from, until, timeZone }) => {
    const policies = await listRetrainingPolicies(ctx, { limit: maxRead });
    const own = policies.filter(({ endpoint }) => mayUse(ctx, endpoint.name));
    const ended = await listEndedCycles(ctx, { from, to: until }, maxRead);
    return [...rows.heldPolicyRows(own), ...ended.map((cycle) => rows.cycleRow(cycle, timeZone))];
  },
  deploys: async (ctx, { from, until, timeZone }) =>
    (await readReleases(ctx, { from, to: until })).map((release) => rows.releaseRow(release, timeZone)),
  incidents: async (ctx, { from, until, timeZone }) => {
    const { incidents } = await listIncidents(ctx, { from: new Date(from), to: new Date(until - 1), limit: maxRead });
    return incidents
      .filter(({ state }) => !uncountedStates.includes(state))
      .map((incident) => rows.incidentRow(incident, timeZone));
  },
  "game-days": async (ctx, { from, until, timeZone }) =>
    (await listHeldGameDays(ctx, { from, to: until }, maxRead)).map((day) => rows.gameDayRow(day, timeZone)),
  actions: async (ctx) => {
    const open = await selectActions(ctx, isNull(incidentActions.doneAt), maxRead);
    return open.filter(({ isOverdue }) => isOverdue).map(rows.actionRow);
  },
  cost: async (ctx, { until, timeZone }) => {
    if (ctx.actor.endpoints) return [];
    const month = nameOf(periodOf("month", until - 1, timeZone));
    return rows.costRows(await readCosts(ctx, { month }, Date.now()));
  },
  baselines: async (ctx) => {
    const { endpoints } = await listEndpoints(ctx, { limit: maxRead });
    const serving = endpoints.flatMap(({ name, current }) => (current ? [{ name, ...current }] : []));
    const profiles = await activeProfiles(
      ctx.db,
      serving.map(({ versionId }) => versionId),
    );
    return serving
      .filter(({ versionId }) => !profiles.has(versionId))
      .map(({ name, modelName, version }) => ({
        words: `${name} serves ${modelName} v${version}, which has no reference`,
        aside: "drift is not monitored",
        state: "watch" as const,
        href: `/models/${encodeURIComponent(modelName)}/${version}`,
      }));
  },
  slos: async (_ctx, _span, objectives) => rows.objectiveRows(await objectives()),
};

async function ticksOf(ctx: Context, { period, start }: NamedPeriod) {
  const found = await ctx.db
    .select()
    .from(reviewTicks)
    .where(
      and(
        eq(reviewTicks.workspaceId, ctx.actor.workspaceId),
        isNull(reviewTicks.undoneAt),
        eq(reviewTicks.cadence, period === "month" ? "month" : "week"),
        eq(reviewTicks.start, start),
      ),
    );
  return new Map(found.map(({ item, doneBy: by, at, note }) => [item, { by, at, note }]));
}
