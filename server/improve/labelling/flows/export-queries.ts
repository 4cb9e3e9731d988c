import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowOf, rowsOf } from "#server/base/rows-of.ts";
import { LabelValue } from "../contract.ts";
import { withinBytes } from "../tasks/within-bytes.ts";

const pageRows = 1000;
/** Bytes of data, inputs and label after which a page ends. */
const pageBytes = 8_000_000;

export const ExportedTask = z.object({
  id: z.coerce.number(),
  item: z.string(),
  requestId: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
  meta: z.record(z.string(), z.unknown()).nullable(),
  value: LabelValue,
  posterior: z.number().nullable(),
  people: z.number(),
  guideline: z.number(),
  selection: z.enum(["audit", "chosen"]),
  isGold: z.boolean(),
});
export type ExportedTask = z.infer<typeof ExportedTask>;

/** Reads the settled tasks of a project page by page in their order. @param audit only audit items that were added in this time range */
export async function* readSettled(
  ctx: Context,
  projectId: number,
  audit: { from: string; to: string } | null,
): AsyncGenerator<ExportedTask[]> {
  const range = audit ? inAudit(audit) : sql`true`;
  for (let after = 0; ; ) {
    const page = sql`
      select task.id::float8 as id, task.item, task.request_id as "requestId", task.data, task.meta, consensus.value, consensus.posterior, consensus.people, consensus.guideline,
        task.selection, exists (select from label_golds as gold where gold.task_id = task.id and gold.is_enabled) as "isGold"
      from label_tasks as task
      join label_consensus as consensus on consensus.task_id = task.id and consensus.superseded_at is null
      where task.workspace_id = ${ctx.actor.workspaceId} and task.project_id = ${projectId} and task.state = 'settled'
        and task.id > ${after} and ${range}
      order by task.id limit ${pageRows}`;
    const size = sql`(octet_length(data::text) + coalesce(octet_length(meta::text), 0) + octet_length(value::text))`;
    const tasks = rowsOf(ExportedTask, await ctx.db.execute(withinBytes(page, size, pageBytes)));
    if (tasks.length === 0) return;
    yield tasks;
    after = tasks.at(-1)?.id ?? after;
  }
}

const AuditCounts = z.object({ items: z.number(), waiting: z.number(), single: z.number() });

/** Counts audit items of a time range, those without a label, and those whose label is of one person only. */
export async function countAudit(ctx: Context, projectId: number, range: { from: Date; to: Date }) {
  const result = await ctx.db.execute(sql`
    select count(*)::int as items, (count(*) filter (where task.state <> 'settled' or consensus.id is null))::int as waiting,
      (count(*) filter (where task.state = 'settled' and consensus.people < 2 and consensus.method <> 'review'))::int as single
    from label_tasks as task
    left join label_consensus as consensus on consensus.task_id = task.id and consensus.superseded_at is null
    where task.workspace_id = ${ctx.actor.workspaceId} and task.project_id = ${projectId} and task.state <> 'dropped'
      and ${inAudit({ from: range.from.toISOString(), to: range.to.toISOString() })}`);
  return rowOf(AuditCounts, result);
}

function inAudit({ from, to }: { from: string; to: string }): SQL {
  return sql`task.selection = 'audit' and task.created_at >= ${from}::timestamptz and task.created_at < ${to}::timestamptz`;
}
