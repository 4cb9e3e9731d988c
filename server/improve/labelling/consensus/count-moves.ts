import { sql } from "drizzle-orm";
import { prepared } from "#db/prepared.ts";
import type { Context } from "#server/base/context.ts";
import { noteLock } from "#server/base/lock-order.ts";
import type { TaskSource, TaskState } from "../contract.ts";

/** A task that came, went, or changed its state or source. */
export interface CountMove {
  source: TaskSource;
  /** State before; null for a new task. */
  from: TaskState | null;
  /** State now; null for a task that was deleted. */
  to: TaskState | null;
  /** Tasks that moved; default 1. */
  count?: number;
}

/** Rows among which each number is spread: annotators who settle tasks at the same time rarely change the same one. */
const shards = 16;

/** Adds what `countValues` returns to the numbers of tasks, for a statement with the values `workspaceId` and `projectId`. */
export const countStatement = sql`
  insert into label_task_counts as counts (workspace_id, project_id, source, state, shard, count)
  select ${sql.placeholder("workspaceId")}, ${sql.placeholder("projectId")}, source, state, ${sql.placeholder("shard")}, delta
  from jsonb_to_recordset(${sql.placeholder("counts")}::jsonb) as change (source text, state text, delta bigint)
  order by source, state
  on conflict (project_id, source, state, shard) do update set count = counts.count + excluded.count`;

const statement = prepared("label-counts", countStatement);

/** Changes the numbers of tasks by source and state, in the transaction of the change and as its last step: tasks and annotators come before. */
export async function countMoves(ctx: Context, projectId: number, moves: readonly CountMove[]): Promise<void> {
  const { actor, db } = ctx;
  noteLock(ctx, "label count");
  await statement(db, { workspaceId: actor.workspaceId, projectId, ...countValues(moves) });
}

/** Computes how much each number changes, and chooses the shard that it changes in. */
export function countValues(moves: readonly CountMove[]): { counts: string; shard: number } {
  const deltas = new Map<string, { source: TaskSource; state: TaskState; delta: number }>();
  const add = (source: TaskSource, state: TaskState | null, count: number) => {
    if (state === null) return;
    const entry = deltas.get(`${source} ${state}`) ?? { source, state, delta: 0 };
    deltas.set(`${source} ${state}`, { ...entry, delta: entry.delta + count });
  };
  for (const { source, from, to, count = 1 } of moves) {
    if (from === to) continue;
    add(source, from, -count);
    add(source, to, count);
  }
  const counts = [...deltas.values()].filter(({ delta }) => delta !== 0);
  return { counts: JSON.stringify(counts), shard: Math.floor(Math.random() * shards) };
}
