import { and, eq, gte, inArray, isNull, or, sql } from "drizzle-orm";
import { monitoringFindings } from "#db/schema/index.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import type { Watcher } from "../contract.ts";
import { episodeMs, type FoundFinding, holdMs, mayPage, type SettledFindings, SettleFindings } from "./contract.ts";
import { decideFindings, type StoredFinding } from "./decide-findings.ts";
import { lockFindings } from "./lock-findings.ts";
import { notifyFindings } from "./notify-findings.ts";

/**
 * Reports all findings of a watcher at an endpoint in one evaluation: new ones open, lasting ones get the newest text, absent ones close,
 * and their alerts start and end with them, all in one transaction. Only integrity, skew and quality may page: pages of other watchers become
 * tickets. Notes do not notify anyone.
 * @throws DomainError "not-found"
 */
export async function settleFindings(
  ctx: Context,
  input: SettleFindings,
  afterChange: AfterChange,
): Promise<SettledFindings> {
  permit(ctx, "settleFindings");
  const { endpointId, watcher, findings, now = Date.now(), ...rest } = SettleFindings.parse(input);
  const hold = rest.holdMs ?? holdMs[watcher];
  return transact(ctx, async (ctx) => {
    const { id } = await findEndpointById(ctx, endpointId);
    await lockFindings(ctx, { endpointId: id, watcher });
    const kept = await storedFindings(ctx, { endpointId: id, watcher, now });
    const found = findings.map((finding) => clamped(watcher, finding));
    const { open, keep, close } = decideFindings({
      kept,
      found,
      now,
      holdMs: hold,
      over: rest.over,
      unknown: rest.unknown,
    });
    const opened = await openFindings(ctx, { endpointId: id, watcher, now }, open);
    for (const { id, finding } of keep) await keepFinding(ctx, id, finding, now);
    await closeFindings(ctx, close, now);
    await notifyFindings(ctx, { endpointId: id, watcher, now }, afterChange);
    const isAgain = keep.some(({ isAgain }) => isAgain);
    if (opened > 0 || close.length > 0 || isAgain) await publish(ctx, "monitoring", id);
    return { opened, kept: keep.length, closed: close.length };
  });
}

function clamped(watcher: Watcher, finding: FoundFinding): FoundFinding {
  return finding.severity === "page" && !mayPage.includes(watcher) ? { ...finding, severity: "ticket" } : finding;
}

interface WatcherKey {
  endpointId: string;
  watcher: Watcher;
  now: number;
}

async function storedFindings(ctx: Context, { endpointId, watcher, now }: WatcherKey): Promise<StoredFinding[]> {
  const { id, key, seenAt, closedAt } = monitoringFindings;
  const isRecent = or(isNull(closedAt), gte(closedAt, new Date(now - episodeMs)));
  const rows = await ctx.db
    .select({ id, key, seenAt, closedAt })
    .from(monitoringFindings)
    .where(and(ofWatcher(ctx, { endpointId, watcher }), isRecent));
  return rows.map((row) => ({
    ...row,
    seenAt: row.seenAt.getTime(),
    closedAt: row.closedAt?.getTime() ?? null,
  }));
}

async function openFindings(
  ctx: Context,
  { endpointId, watcher, now }: WatcherKey,
  findings: readonly FoundFinding[],
): Promise<number> {
  if (findings.length === 0) return 0;
  const { workspaceId } = ctx.actor;
  const at = new Date(now);
  const rows = findings.map((finding) => ({ ...finding, workspaceId, endpointId, watcher, openedAt: at, seenAt: at }));
  await ctx.db.insert(monitoringFindings).values(rows);
  return rows.length;
}

async function keepFinding(ctx: Context, id: string, { key: _, ...finding }: FoundFinding, now: number): Promise<void> {
  await ctx.db
    .update(monitoringFindings)
    .set({ ...finding, seenAt: new Date(now), closedAt: null })
    .where(and(eq(monitoringFindings.workspaceId, ctx.actor.workspaceId), eq(monitoringFindings.id, id)));
}

async function closeFindings(ctx: Context, ids: string[], now: number): Promise<void> {
  if (ids.length === 0) return;
  const own = and(eq(monitoringFindings.workspaceId, ctx.actor.workspaceId), inArray(monitoringFindings.id, ids));
  await ctx.db
    .update(monitoringFindings)
    .set({ closedAt: sql`greatest(${monitoringFindings.openedAt}, ${new Date(now).toISOString()}::timestamptz)` })
    .where(own);
}

function ofWatcher(ctx: Context, { endpointId, watcher }: Pick<WatcherKey, "endpointId" | "watcher">) {
  return and(
    eq(monitoringFindings.workspaceId, ctx.actor.workspaceId),
    eq(monitoringFindings.endpointId, endpointId),
    eq(monitoringFindings.watcher, watcher),
  );
}
