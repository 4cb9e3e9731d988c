import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type TrashKind, trashKinds } from "#server/platform/purge-lock/contract.ts";
import { ListTrash, type TrashItem, type TrashList } from "./contract.ts";
import { whoDeleted } from "./deletions.ts";
import { measure } from "./measure.ts";
import { purgeDays } from "./retention-queries.ts";
import { everything } from "./trash-rows.ts";

interface Row extends Record<string, unknown> {
  kind: TrashKind;
  id: string;
  name: string;
  deleted_at: string;
  deleted_by: string | null;
  reason: string | null;
  experiment_id: string | null;
  experiment_name: string | null;
  parts: string | null;
  roots: string[];
  purging_since: Date | null;
  purge_problem: string | null;
}

/**
 * Lists the trash, newest first, with the user who deleted each item and its size. Runs and logged models of an experiment that is itself
 * in the trash belong to it and are not listed.
 */
export async function listTrash(ctx: Context, input: ListTrash): Promise<TrashList> {
  permit(ctx, "listTrash");
  const { kind, offset, limit } = ListTrash.parse(input);
  const { rows } = await ctx.db.execute<Row>(sql`
    select trash.*, purges.started_at as purging_since, purges.problem as purge_problem from (${everything(ctx, kind)}) as trash
    left join purges on purges.workspace_id = ${ctx.actor.workspaceId} and purges.kind = trash.kind
      and purges.subject_id = trash.id and purges.finished_at is null
    order by deleted_at desc, trash.kind, trash.id offset ${offset} limit ${limit}`);
  const deletions = await whoDeleted(ctx, rows);
  const days = await purgeDays(ctx);
  const items: TrashItem[] = [];
  for (const row of rows) {
    const { kind, id, name } = row;
    const experimentId = row.experiment_id === null ? null : Number(row.experiment_id);
    const { pointBytes, fileBytes } = await measure(ctx, { kind, id }, { name, experimentId, roots: row.roots });
    const deletion = deletions.get(`${kind}/${id}`);
    const after = days(experimentId);
    items.push({
      kind,
      id,
      name,
      deletedAt: new Date(Number(row.deleted_at)),
      deletedBy: row.deleted_by ?? deletion?.by ?? null,
      reason: row.reason ?? deletion?.reason ?? null,
      experiment:
        kind === "experiment" || experimentId === null ? null : { id: experimentId, name: row.experiment_name ?? "" },
      parts: row.parts === null ? null : Number(row.parts),
      sizeBytes: pointBytes + fileBytes,
      purgeAt: after === null || row.purging_since ? null : new Date(Number(row.deleted_at) + after * dayMs),
      purgingSince: row.purging_since && new Date(row.purging_since),
      purgeProblem: row.purge_problem,
    });
  }
  return { items, counts: await countByKind(ctx) };
}

async function countByKind(ctx: Context): Promise<Record<TrashKind, number>> {
  const { rows } = await ctx.db.execute<{ kind: TrashKind; count: string }>(
    sql`select kind, count(*) from (${everything(ctx, undefined)}) as trash group by kind`,
  );
  const counts = Object.fromEntries(rows.map(({ kind, count }) => [kind, Number(count)]));
  return Object.fromEntries(trashKinds.map((kind) => [kind, counts[kind] ?? 0])) as Record<TrashKind, number>;
}
