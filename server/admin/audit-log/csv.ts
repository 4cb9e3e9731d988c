import { Readable } from "node:stream";
import type { Context } from "#server/base/context.ts";
import { csvLine } from "#server/base/csv-line.ts";
import type { AuditEvent, AuditScope } from "./contract.ts";
import { readAuditLog } from "./queries.ts";

const head = ["at", "actor kind", "actor", "action", "subject", "reason", "address", "before", "after"];

type Selection = { q: string; scope?: AuditScope };

/**
 * Returns the entries that match a filter as CSV (RFC 4180), newest first, read in pages so that the complete log need not fit into memory.
 * @throws DomainError as readAuditLog does, before the first line.
 */
export async function auditCsv(ctx: Context, selection: Selection): Promise<Readable> {
  const first = await readAuditLog(ctx, { ...selection, limit: 1000 });
  return Readable.from(lines(ctx, selection, first));
}

async function* lines(
  ctx: Context,
  selection: Selection,
  first: Awaited<ReturnType<typeof readAuditLog>>,
): AsyncGenerator<string> {
  yield csvLine(head);
  let page = first;
  while (true) {
    for (const event of page.events) yield csvLine(cells(event));
    if (page.next === undefined) return;
    page = await readAuditLog(ctx, { ...selection, limit: 1000, before: page.next });
  }
}

function cells(event: AuditEvent): string[] {
  const { actorKind, actorName, action, subject, reason, address } = event;
  const json = (value: unknown) => (value === null ? "" : JSON.stringify(value));
  return [
    event.at.toISOString(),
    actorKind,
    actorName,
    action,
    subject,
    reason ?? "",
    address ?? "",
    json(event.before),
    json(event.after),
  ];
}
