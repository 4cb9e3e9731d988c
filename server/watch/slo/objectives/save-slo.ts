import { isDeepStrictEqual } from "node:util";
import { and, count, eq, isNull, sql } from "drizzle-orm";
import type { z } from "zod";
import { sloRevisions, slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { findSlo, lockSlo, type StoredSlo } from "../../objectives/stored-slos.ts";
import { ensureSeries } from "../rollup/ensure-series.ts";
import { type Completed, checkOwners, completeDefinition, compositesOf } from "./complete-definition.ts";
import type { SloDraft } from "./contract.ts";
import { refuseIncomplete } from "./refuse-incomplete.ts";

/** Each is evaluated every few seconds. */
const maxPerWorkspace = 500;

export interface NewSlo {
  name: string;
  draft: z.output<typeof SloDraft>;
  teamId: string | null;
  runbookId: string | null;
  reason: string;
  /** Whether it comes from a file; files contain neither owner nor runbook, so these cannot be required. */
  isFromFile?: boolean;
}

/**
 * Inserts an SLO in the caller's transaction. The caller has checked permissions. An archived SLO with this name is restored, with its
 * revisions. @throws DomainError "invalid", "not-found"; "conflict" if the name is taken, or at 500 SLOs
 */
export async function insertSlo(ctx: Context, input: NewSlo): Promise<StoredSlo> {
  const { name, draft, teamId, runbookId, reason } = input;
  const { workspaceId, name: createdBy } = ctx.actor;
  await checkOwners(ctx, input);
  const completed = await completeDefinition(ctx, name, draft);
  const ofWorkspace = and(eq(slos.workspaceId, workspaceId), isNull(slos.archivedAt));
  const [known] = await ctx.db.select({ total: count() }).from(slos).where(ofWorkspace);
  if ((known?.total ?? 0) >= maxPerWorkspace)
    throw new DomainError("conflict", `A workspace can have at most ${maxPerWorkspace} SLOs. Archive one first.`);
  const values = { ...(await columnsOf(ctx, completed)), teamId, runbookId };
  const [row] = await ctx.db
    .insert(slos)
    .values({ workspaceId, name, createdBy, ...values })
    .onConflictDoUpdate({
      target: [slos.workspaceId, slos.name],
      set: { ...values, archivedAt: null, pausedAt: null, updatedAt: sql`now()`, revision: sql`${slos.revision} + 1` },
      setWhere: sql`${slos.archivedAt} is not null`,
    })
    .returning({ id: slos.id });
  if (!row) {
    throw new DomainError("conflict", `An SLO named "${name}" already exists. Edit it, or choose another name.`, {
      field: "name",
    });
  }
  const slo = await findSlo(ctx, row.id);
  if (draft.rules && !input.isFromFile) await refuseIncomplete(ctx, slo);
  await keep(ctx, slo, slo.revision === 1 ? "slo.created" : "slo.restored", reason);
  return slo;
}

export interface SloChange {
  /** Revision that was edited. */
  revision?: number | undefined;
  draft?: z.output<typeof SloDraft> | undefined;
  teamId?: string | null | undefined;
  runbookId?: string | null | undefined;
  reason: string;
  isFromFile?: boolean;
}

/**
 * Updates an SLO in the caller's transaction. The caller has checked permissions. Writes nothing if nothing differs.
 * @throws DomainError "invalid", "not-found"; "conflict" if it is archived, has changed since, or composites depend on the changed values
 */
export async function changeSlo(ctx: Context, sloId: string, change: SloChange): Promise<StoredSlo> {
  const before = await lockSlo(ctx, sloId);
  const { teamId = before.teamId, runbookId = before.runbookId, draft, reason } = change;
  if (change.revision !== undefined && change.revision !== before.revision)
    throw new DomainError("conflict", `"${before.name}" was changed by someone else. Reload it before saving.`);
  await checkOwners(ctx, { teamId: change.teamId ?? null, runbookId: change.runbookId ?? null });
  const { seriesId, endpointId, definition } = draft
    ? await columnsOf(ctx, await completeDefinition(ctx, before.name, draft))
    : before;
  const isSame = isDeepStrictEqual({ ...before.definition }, { ...definition });
  if (isSame && teamId === before.teamId && runbookId === before.runbookId) return before;
  await refuseMisfit(ctx, before, definition);
  await ctx.db
    .update(slos)
    .set({
      seriesId,
      endpointId,
      definition,
      teamId,
      runbookId,
      updatedAt: sql`now()`,
      revision: sql`${slos.revision} + 1`,
    })
    .where(and(eq(slos.id, sloId), eq(slos.workspaceId, ctx.actor.workspaceId)));
  const slo = await findSlo(ctx, sloId);
  const lessKnown = (before.team && !slo.team) || (before.runbook && !slo.runbook);
  const hasNewRules =
    !change.isFromFile && draft?.rules && !isDeepStrictEqual(before.definition.rules, definition.rules);
  if (hasNewRules || lessKnown) await refuseIncomplete(ctx, slo);
  await keep(ctx, slo, "slo.changed", reason, before);
  return slo;
}

/** Rejects changes that break the assumptions of composites about their components. */
async function refuseMisfit(
  ctx: Context,
  before: StoredSlo,
  { period, budgeting, indicator }: StoredSlo["definition"],
) {
  const { definition, id, name } = before;
  const fits = isDeepStrictEqual(definition.period, period) && isDeepStrictEqual(definition.budgeting, budgeting);
  if (fits && indicator) return;
  const [composite] = await compositesOf(ctx, id);
  if (!composite) return;
  const what = `"${name}" is a component of "${composite.name}", which requires its current window and budgeting method.`;
  throw new DomainError("conflict", `${what} Remove it there first.`, { field: "definition.period" });
}

async function columnsOf(ctx: Context, { definition, endpointId }: Completed) {
  const seriesId = definition.indicator ? await ensureSeries(ctx, definition.indicator) : null;
  return { definition, endpointId, seriesId };
}

/** Stores the revision, the audit log entry and the event in the transaction of the change. */
async function keep(ctx: Context, slo: StoredSlo, action: string, reason: string, before?: StoredSlo): Promise<void> {
  const { id: sloId, name, revision, definition } = slo;
  const { workspaceId, name: changedBy } = ctx.actor;
  await ctx.db.insert(sloRevisions).values({ workspaceId, sloId, revision, definition, reason, changedBy });
  await record(ctx, action, {
    subject: `slo/${name}`,
    ...(before && { before: auditValues(before) }),
    after: auditValues(slo),
    reason: reason || undefined,
  });
  await publish(ctx, "slo", sloId);
}

function auditValues({ revision, team, runbook, definition }: StoredSlo) {
  return { revision, team: team?.name ?? null, runbook: runbook?.name ?? null, ...definition };
}
