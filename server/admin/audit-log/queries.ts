import { and, desc, eq, gt, gte, ilike, inArray, lt, lte, notIlike, type SQL } from "drizzle-orm";
import { auditEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type AuditEvent, ReadAuditLog } from "./contract.ts";
import { type AuditCondition, parseFilter } from "./parse-filter.ts";

/**
 * Entries of the audit log, newest first.
 * @returns `next`, the `before` of the following page; undefined at the end.
 * @throws DomainError "invalid" for a filter that does not parse.
 */
export async function readAuditLog(
  ctx: Context,
  input: ReadAuditLog,
): Promise<{ events: AuditEvent[]; next?: number }> {
  permit(ctx, "readAuditLog");
  const { q, before, limit } = ReadAuditLog.parse(input);
  const { conditions, problem } = parseFilter(q, new Date());
  if (problem) throw new DomainError("invalid", problem.message);
  const where = [...conditions.map(clause), before === undefined ? undefined : lt(auditEvents.id, before)];
  const rows = await select(ctx, and(...where)).limit(limit + 1);
  const events = rows.slice(0, limit);
  const last = events.at(-1);
  return rows.length > limit && last ? { events, next: last.id } : { events };
}

/** Returns one entry. @throws DomainError "not-found" */
export async function getAuditEvent(ctx: Context, id: number): Promise<AuditEvent> {
  permit(ctx, "getAuditEvent");
  const [event] = await select(ctx, eq(auditEvents.id, id)).limit(1);
  if (!event) throw new DomainError("not-found", "Audit log entry not found.");
  return event;
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

function select(ctx: Context, where: SQL | undefined) {
  const { workspaceId, ...columns } = auditEvents;
  return ctx.db
    .select({
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
    .where(and(eq(workspaceId, ctx.actor.workspaceId), where))
    .orderBy(desc(columns.id));
}

const columns = { actor: auditEvents.actorName, action: auditEvents.action, subject: auditEvents.subject };
const compare = { ">": gt, ">=": gte, "<": lt, "<=": lte };

function clause({ field, operator, value }: AuditCondition): SQL {
  if (field === "at") return compare[operator as keyof typeof compare](auditEvents.at, value as Date);
  const text = (value as string).replaceAll(/[\\%_]/g, "\\$&");
  if (operator === "~") return ilike(columns[field], `%${text}%`);
  return operator === "=" ? ilike(columns[field], text) : notIlike(columns[field], text);
}
