import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { alerts, featureFindings, featureViews } from "#db/schema/index.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import { type Context, transact } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type FoundViewFinding, ViewFindingAlert } from "./contract.ts";
import { type OpenViewFinding, viewAlerts, viewRuleKey } from "./view-alerts.ts";

/**
 * Time that a finding stays open after it was last found: counts of an hour may hover around their limit, and materialisations that take longer
 * than their interval are overdue until each of them ends.
 */
const holdMs: Partial<Record<string, number>> = { "clock-ahead": hourMs, "materialisation-late": hourMs };

interface Settled {
  viewId: string;
  /** Kinds that were evaluated; open findings of other kinds stay as they are. */
  kinds: readonly string[];
  findings: readonly FoundViewFinding[];
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * Reports what was found of a view in one evaluation: new findings open, lasting ones get the newest text, absent ones of the evaluated kinds
 * close, and their alerts start and end with them, all in one transaction. Does nothing if the view was deleted.
 */
export async function settleViewFindings(
  ctx: Context,
  { viewId, kinds, findings, now }: Settled,
  afterChange: AfterChange,
): Promise<void> {
  permit(ctx, "settleViewFindings");
  await transact(ctx, async (ctx) => {
    const view = await lockView(ctx, viewId);
    if (view === undefined) return;
    const open = await openFindings(ctx, viewId);
    const keys = new Set(findings.map(({ key }) => key));
    const isOver = ({ key, kind, seenAt }: (typeof open)[number]) =>
      kinds.includes(kind) && !keys.has(key) && now - seenAt.getTime() >= (holdMs[kind] ?? 0);
    const over = open.filter(isOver).map(({ id }) => id);
    const known = new Map(open.map(({ key, id }) => [key, id]));
    const added = findings.filter(({ key }) => !known.has(key));
    const { workspaceId } = ctx.actor;
    const at = new Date(now);
    if (over.length > 0)
      await ctx.db.update(featureFindings).set({ closedAt: at }).where(inArray(featureFindings.id, over));
    if (added.length > 0)
      await ctx.db
        .insert(featureFindings)
        .values(added.map((finding) => ({ ...rowOf(finding), workspaceId, viewId, openedAt: at, seenAt: at })));
    for (const finding of findings) {
      const id = known.get(finding.key);
      if (id === undefined) continue;
      const { key: _, ...changed } = rowOf(finding);
      await ctx.db
        .update(featureFindings)
        .set({ ...changed, seenAt: at })
        .where(eq(featureFindings.id, id));
    }
    await notify(ctx, { viewId, view, now }, afterChange);
    if (over.length > 0 || added.length > 0) await publish(ctx, "features", view);
  });
}

/** Locks a view's findings until the transaction ends. @returns its name; undefined if it is not in this workspace */
async function lockView(ctx: Context, viewId: string): Promise<string | undefined> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`view findings ${viewId}`}, 0))`);
  const [view] = await ctx.db
    .select({ name: featureViews.name })
    .from(featureViews)
    .where(and(eq(featureViews.id, viewId), eq(featureViews.workspaceId, ctx.actor.workspaceId)));
  return view?.name;
}

function openFindings(ctx: Context, viewId: string) {
  const { workspaceId } = ctx.actor;
  return ctx.db
    .select()
    .from(featureFindings)
    .where(
      and(
        eq(featureFindings.workspaceId, workspaceId),
        eq(featureFindings.viewId, viewId),
        isNull(featureFindings.closedAt),
      ),
    );
}

function rowOf({ key, kind, feature, severity, words, evidence, ...alert }: FoundViewFinding) {
  return { key, kind, feature, severity, words, evidence: { ...evidence, ...alert } };
}

async function notify(
  ctx: Context,
  { viewId, view, now }: { viewId: string; view: string; now: number },
  afterChange: AfterChange,
): Promise<void> {
  const ruleKey = viewRuleKey(viewId);
  const findings = (await openFindings(ctx, viewId)).flatMap(({ evidence, openedAt, ...row }): OpenViewFinding[] => {
    const alert = ViewFindingAlert.safeParse(evidence);
    return alert.success ? [{ ...row, alert: alert.data, openedAt: openedAt.getTime() }] : [];
  });
  const active = await activeAlerts(ctx, ruleKey);
  const posted = viewAlerts(view, findings, { active, now });
  if (posted.length > 0) await receiveAlerts(ctx, posted, { source: "leeway", ruleKey, now, afterChange });
}

async function activeAlerts(ctx: Context, ruleKey: string) {
  const { fingerprint, labels, annotations, startsAt, updatedAt } = alerts;
  const rows = await ctx.db
    .select({ fingerprint, labels, annotations, startsAt, updatedAt })
    .from(alerts)
    .where(and(eq(alerts.workspaceId, ctx.actor.workspaceId), eq(alerts.ruleKey, ruleKey), eq(alerts.isEnded, false)));
  return rows.map((row) => ({ ...row, startsAt: row.startsAt.getTime(), updatedAt: row.updatedAt.getTime() }));
}
