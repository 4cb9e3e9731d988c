import { sql } from "drizzle-orm";
import { z } from "zod";
import { type Context, transact } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { writeLabels } from "#server/serve/labels/write-labels.ts";
import { LabelValue } from "../contract.ts";
import { labelText } from "./label-text.ts";

/** Labels of one transaction. */
const batch = 1000;

const Settled = z.object({
  id: z.coerce.number(),
  endpointId: z.string().nullable(),
  requestId: z.string().nullable(),
  value: z.unknown(),
  selection: z.enum(["audit", "chosen", "gold"]),
  settledAt: z.coerce.date(),
});

/**
 * Writes settled labels of a project to the prediction log, by request id. A label and the note that it has been written are one
 * transaction, so whatever a crash leaves is written in the next round, and nothing twice. A label that changes is written again; the log
 * keeps the number of replacements.
 * @returns how many labels were taken, of requests or not
 */
export async function recordSettledLabels(ctx: Context, projectId: number): Promise<number> {
  permit(ctx, "recordSettledLabels");
  let taken = 0;
  for (;;) {
    const count = await transact(ctx, (ctx) => recordBatch(ctx, projectId));
    taken += count;
    if (count < batch) return taken;
  }
}

async function recordBatch(ctx: Context, projectId: number): Promise<number> {
  const { workspaceId } = ctx.actor;
  // Another worker may write labels of the same project; each takes what the other has not.
  const result = await ctx.db.execute(sql`
    select consensus.id::float8 as id, project.endpoint_id::text as "endpointId", task.request_id as "requestId", consensus.value,
      case when task.selection = 'audit' then 'audit' when gold.task_id is not null then 'gold' else 'chosen' end as selection,
      consensus.created_at as "settledAt"
    from label_consensus as consensus
    join label_tasks as task on task.id = consensus.task_id
    join label_projects as project on project.id = consensus.project_id
    left join label_golds as gold on gold.task_id = task.id and gold.is_enabled
    where consensus.workspace_id = ${workspaceId} and consensus.project_id = ${projectId}
      and consensus.recorded_at is null and consensus.superseded_at is null
    order by consensus.id limit ${batch} for no key update of consensus skip locked`);
  const settled = rowsOf(Settled, result);
  for (const [endpointId, labels] of Map.groupBy(settled, (one) => one.endpointId)) {
    if (endpointId === null) continue;
    const last = new Map(
      labels.flatMap(({ requestId, value, selection, settledAt }) => {
        const label = LabelValue.safeParse(value);
        if (requestId === null || !label.success) return [];
        return [[requestId, { requestId, label: labelText(label.data), selection, observedAt: settledAt }] as const];
      }),
    );
    await writeLabels(ctx, { endpointId, source: "labelling", labels: [...last.values()] });
  }
  await ctx.db.execute(sql`
    update label_consensus set recorded_at = clock_timestamp()
    where id in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(settled.map(({ id }) => id))}::jsonb))`);
  return settled.length;
}

/** Lists projects with labels that wait to be written, of every workspace. */
export async function projectsToRecord({
  db,
}: Pick<Context, "db">): Promise<{ projectId: number; workspaceId: string }[]> {
  const { rows } = await db.execute<{ projectId: number; workspaceId: string }>(sql`
    select project.id::float8 as "projectId", project.workspace_id as "workspaceId" from label_projects as project
    where exists (select from label_consensus as consensus where consensus.project_id = project.id
      and consensus.recorded_at is null and consensus.superseded_at is null)
    order by project.id`);
  return rows;
}
