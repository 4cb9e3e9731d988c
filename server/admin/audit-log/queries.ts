import { and, desc, eq, gt, gte, ilike, inArray, lt, lte, notIlike, or, type SQL } from "drizzle-orm";
import { auditEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type AuditEvent, ReadAuditLog } from "./contract.ts";
import { type AuditCondition, parseFilter } from "./parse-filter.ts";
import { ofScope, ofWorkspace, seesAddresses, visibleInstallationEntries } from "./visible-entries.ts";

/**
 * Entries of the audit log, newest first. Only admins see network addresses.
 * @returns `next`, the `before` of the following page; undefined at the end.
 * @throws DomainError "invalid" for a filter that does not parse; "forbidden" for the installation's entries unless the caller is an
 * admin of it, and for a filter by address without the right to see addresses.
 */
export async function readAuditLog(
  ctx: Context,
  input: ReadAuditLog,
): Promise<{ events: AuditEvent[]; next?: number }> {
  permit(ctx, "readAuditLog");
  const { q, scope, before, limit } = ReadAuditLog.parse(input);
  const { conditions, problem } = parseFilter(q, new Date());
  if (problem) throw new DomainError("invalid", problem.message);
  if (conditions.some(({ field }) => field === "address") && !seesAddresses(ctx)) {
    throw new DomainError("forbidden", "Filtering by network address requires the admin role.");
  }
  const visible = await ofScope(ctx, scope);
  const where = [visible, ...conditions.map(clause), before === undefined ? undefined : lt(auditEvents.id, before)];
  const rows = await select(ctx, and(...where)).limit(limit + 1);
  const events = rows.slice(0, limit).map((event) => presented(ctx, event));
  const last = events.at(-1);
  return rows.length > limit && last ? { events, next: last.id } : { events };
}

/** Returns one entry. @throws DomainError "not-found" */
export async function getAuditEvent(ctx: Context, id: number): Promise<AuditEvent> {
  permit(ctx, "getAuditEvent");
  const visible = or(ofWorkspace(ctx), await visibleInstallationEntries(ctx));
  const [event] = await select(ctx, and(eq(auditEvents.id, id), visible)).limit(1);
  if (!event) throw new DomainError("not-found", "Audit log entry not found.");
  return presented(ctx, event);
}

/** Entries above workspaces are complete for everyone who may see them. */
function presented(ctx: Context, { workspaceId, ...event }: AuditRow): AuditEvent {
  return workspaceId === null || seesAddresses(ctx) ? event : { ...event, address: null };
}

export type LastChange = Pick<AuditEvent, "at" | "actorName" | "action">;

/** Returns the newest entry about each subject, at most 500 subjects; subjects without entries are left out. */
export async function lastChanges(ctx: Context, subjects: string[]): Promise<Map<string, LastChange>> {
  permit(ctx, "lastChanges");
  if (subjects.length > 500) throw new DomainError("invalid", "At most 500 subjects per request.");
  const { subject, at, actorName, action, id } = auditEvents;
  const rows = await ctx.db
    .selectDistinctOn([subject], { subject, at, actorName, action })
    .from(auditEvents)
    .where(and(eq(auditEvents.workspaceId, ctx.actor.workspaceId), inArray(subject, subjects)))
    .orderBy(subject, desc(id));
  return new Map(rows.map(({ subject, ...change }) => [subject, change]));
}

type AuditRow = AuditEvent & { workspaceId: string | null };

/** @param where includes which entries the caller may see */
function select(ctx: Context, where: SQL | undefined) {
  const columns = auditEvents;
  return ctx.db
    .select({
      workspaceId: columns.workspaceId,
      id: columns.id,
      at: columns.at,
      actorKind: columns.actorKind,
      actorId: columns.actorId,
      actorName: columns.actorName,
      action: columns.action,
      subject: columns.subject,
      before: columns.before,
      after: columns.after,
      reason: columns.reason,
      address: columns.address,
    })
    .from(auditEvents)
    .where(where)
    .orderBy(desc(columns.id));
}

const columns = {
  actor: auditEvents.actorName,
  action: auditEvents.action,
  subject: auditEvents.subject,
  address: auditEvents.address,
};
const compare = { ">": gt, ">=": gte, "<": lt, "<=": lte };

function clause({ field, operator, value }: AuditCondition): SQL {
  if (field === "at") return compare[operator as keyof typeof compare](auditEvents.at, value as Date);
  const text = (value as string).replaceAll(/[\\%_]/g, "\\$&");
  if (operator === "~") return ilike(columns[field], `%${text}%`);
  return operator === "=" ? ilike(columns[field], text) : notIlike(columns[field], text);
}
