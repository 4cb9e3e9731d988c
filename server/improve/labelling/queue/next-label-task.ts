import { and, eq, inArray, ne, sql } from "drizzle-orm";
import { z } from "zod";
import { prepared } from "#db/prepared.ts";
import { labelLeases, labelTasks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Annotator, annotatorOf } from "../annotators/annotator-of.ts";
import { lockAnnotator } from "../annotators/lock-annotator.ts";
import type { TaskSource } from "../contract.ts";
import { findLabelProject, type LabelProjectRow } from "../projects/find-label-project.ts";
import { type GivenTask, maxHeld, NextLabelTask, type NextTask, type QueueCursor } from "./contract.ts";
import { drawKind } from "./draw-kind.ts";
import { expireLeases } from "./expire-leases.ts";
import { type GivenRow, toGivenTask } from "./given-task.ts";
import { leaseFirstTask } from "./lease-first-task.ts";
import { leaseGold } from "./lease-gold.ts";
import { releasePlaces } from "./release-places.ts";

/** Time after which a queue is sought from its start again; the same when nothing was left. */
const restartMs = 300_000;
const rescanMs = 30_000;

/**
 * Gives a person a task for some minutes: one that they hold already and do not show, else the next of the queue. Calling it again after a
 * lost response returns the same task. It holds the annotator, so it waits for no task (lockAnnotator).
 * @throws DomainError "not-found", "conflict" when the person holds as many as one may and shows them all
 */
export async function nextLabelTask(ctx: Context, input: NextLabelTask): Promise<NextTask> {
  permit(ctx, "nextLabelTask");
  const { projectId, queue, except } = NextLabelTask.parse(input);
  const annotator = await annotatorOf(ctx);
  return transact(ctx, async (ctx) => {
    const project = await findLabelProject(ctx, projectId);
    // A lease that is lost in a crash of Postgres costs nothing: its answer is kept nevertheless. So nobody waits for the disk here.
    const state = await lockAnnotator(ctx, projectId, annotator, { waitsForDisk: false });
    const { leases, hasExpired } = await findLeases(ctx, projectId, annotator.person);
    if (hasExpired) await expireLeases(ctx, projectId, annotator.person);
    const shown = leases.filter(({ taskId }) => except.includes(taskId));
    const others = leases.filter(({ taskId }) => !except.includes(taskId));
    const nothing = { task: null, held: shown.length, heldByOthers: 0, skipped: 0 };
    if (project.state !== "active") return { ...nothing, paused: `This project is ${project.state}.` };
    if (state.isPaused) return { ...nothing, paused: state.pauseReason ?? "You are paused." };
    const again = others.find((lease) => lease.queue === (queue ?? ""));
    // What was loaded for another queue goes back to it.
    const unwanted = others.filter((lease) => lease.queue !== (queue ?? ""));
    const released = await releasePlaces(ctx, annotator.person, unwanted);
    const held = leases.length - released.length;
    if (again) {
      const task = await renewed(ctx, project, { annotator, taskId: again.taskId, queue });
      return { task, held, heldByOthers: 0, skipped: 0, paused: null };
    }
    if (held >= maxHeld) {
      const message = `At most ${maxHeld} leased tasks. Answer or release one first.`;
      throw new DomainError("conflict", message);
    }
    const before = JSON.stringify(state.cursors);
    const row = await draw(ctx, { project, annotator, queue, state });
    if (JSON.stringify(state.cursors) !== before) await keepCursors(ctx, projectId, annotator.person, state.cursors);
    if (!row) return { ...nothing, ...(await countLeft(ctx, projectId, annotator.person)), paused: null };
    return { task: givenNow(row, project, annotator), held: held + 1, heldByOthers: 0, skipped: 0, paused: null };
  });
}

interface Draw {
  project: LabelProjectRow;
  annotator: Annotator;
  queue: TaskSource | null;
  state: { given: number; cursors: Record<string, QueueCursor> };
}

/** Leases what is next for the person; remembers in `state.cursors` how far a queue was sought. */
async function draw(ctx: Context, { project, annotator, queue, state }: Draw): Promise<GivenRow | null> {
  const { id: projectId, settings } = project;
  const { person } = annotator;
  const lease = { projectId, person, leaseSeconds: settings.leaseSeconds, queue: queue ?? "" };
  const kind = drawKind(settings, { seed: project.seed, person, given: state.given });
  if (kind === "gold") {
    const gold = await leaseGold(ctx, lease);
    if (gold) return asOfQueue(ctx, projectId, gold, queue);
  }
  if (kind === "audit" && queue === null) {
    const audit = await seek(ctx, { ...lease, source: "audit" }, state.cursors);
    if (audit) return audit;
  }
  return seek(ctx, { ...lease, source: queue }, state.cursors);
}

/** A gold item of another source, which in a chosen queue looks like the tasks of that queue. */
async function asOfQueue(ctx: Context, projectId: number, row: GivenRow, queue: TaskSource | null): Promise<GivenRow> {
  if (queue === null || row.source === queue) return row;
  const [other] = await ctx.db
    .select({ reason: labelTasks.reason, factors: labelTasks.factors })
    .from(labelTasks)
    .where(and(eq(labelTasks.projectId, projectId), eq(labelTasks.source, queue), eq(labelTasks.state, "open")))
    .limit(1);
  return { ...row, source: queue, reason: other?.reason ?? "", factors: other?.factors ?? null };
}

async function keepCursors(ctx: Context, projectId: number, person: string, cursors: object): Promise<void> {
  await ctx.db.execute(
    sql`update label_annotators set cursors = ${JSON.stringify(cursors)}::jsonb
      where project_id = ${projectId} and person = ${person}`,
  );
}

/**
 * Seeks a queue: its first tasks, since new ones come there, then on from where the person was last. Without this, someone who has answered
 * thousands of tasks that wait for others would pass all of them for each task. Places behind may become free again, so that the queue is
 * sought from its start every five minutes, and once nothing is left.
 */
async function seek(ctx: Context, lease: Lease, cursors: Record<string, QueueCursor>): Promise<GivenRow | null> {
  const key = lease.source ?? "";
  const head = await leaseFirstTask(ctx, lease, { after: null, step: 0 });
  if (head.task || !head.next) return head.task;
  const cursor = cursors[key];
  const now = Date.now();
  if (!cursor || !isBefore(head.next, cursor) || now - cursor.at > restartMs) {
    return seekOn(ctx, lease, { cursors, from: { ...head.next, at: now } });
  }
  const found = await seekOn(ctx, lease, { cursors, from: cursor });
  if (found || now - cursor.at <= rescanMs) return found;
  return seekOn(ctx, lease, { cursors, from: { ...head.next, at: now } });
}

/** Seeks from a place to the end, in looks that grow, and remembers how far it came. */
async function seekOn(
  ctx: Context,
  lease: Lease,
  { cursors, from }: { cursors: Record<string, QueueCursor>; from: QueueCursor },
): Promise<GivenRow | null> {
  let after: QueueCursor = from;
  for (let step = 0; ; step += 1) {
    const found = await leaseFirstTask(ctx, lease, { after, step });
    cursors[lease.source ?? ""] = after;
    if (found.task || !found.next) return found.task;
    after = { ...found.next, at: from.at };
  }
}

type Lease = Parameters<typeof leaseFirstTask>[1];

const isBefore = (one: { rank: number; task: number }, other: { rank: number; task: number }) =>
  one.rank < other.rank || (one.rank === other.rank && one.task < other.task);

const HeldLease = z.object({ taskId: z.number(), queue: z.string() });
const FoundLeases = z.object({ leases: z.array(HeldLease), hasExpired: z.boolean() });

const findLeasesStatement = prepared(
  "label-leases",
  sql`
    with held as (
      select task_id, queue, created_at from label_leases
      where project_id = ${sql.placeholder("projectId")} and person = ${sql.placeholder("person")} and kind <> 'skip'
      for no key update skip locked
    )
    select
      coalesce((
        select jsonb_agg(jsonb_build_object('taskId', task_id, 'queue', queue) order by created_at, task_id) from held
      ), '[]') as leases,
      exists (
        select from label_leases where project_id = ${sql.placeholder("projectId")} and expires_at < now()
      ) as "hasExpired"`,
);

/** Leases of the person, without those that are being answered or released at this moment, and whether any of the project has expired. */
async function findLeases(ctx: Context, projectId: number, person: string): Promise<z.infer<typeof FoundLeases>> {
  return rowOf(FoundLeases, { rows: await findLeasesStatement(ctx.db, { projectId, person }) });
}

/** Gives a held task for its full time again. */
async function renewed(
  ctx: Context,
  project: LabelProjectRow,
  { annotator, taskId, queue }: { annotator: Annotator; taskId: number; queue: TaskSource | null },
): Promise<GivenTask> {
  await ctx.db
    .update(labelLeases)
    .set({ expiresAt: sql`now() + make_interval(secs => ${project.settings.leaseSeconds})` })
    .where(and(eq(labelLeases.taskId, taskId), eq(labelLeases.person, annotator.person)));
  const [row] = await ctx.db
    .select({
      id: labelTasks.id,
      item: labelTasks.item,
      data: labelTasks.data,
      source: labelTasks.source,
      reason: labelTasks.reason,
      groupKey: labelTasks.groupKey,
      requestId: labelTasks.requestId,
      factors: labelTasks.factors,
    })
    .from(labelTasks)
    .where(inArray(labelTasks.id, [taskId]));
  if (!row) throw new Error("A lease is of a task that does not exist.");
  return givenNow(await asOfQueue(ctx, project.id, row, queue), project, annotator);
}

export function givenNow(row: GivenRow, project: LabelProjectRow, { person }: Annotator): GivenTask {
  return toGivenTask(row, {
    projectId: project.id,
    person,
    guideline: project.guideline,
    expiresAt: new Date(Date.now() + project.settings.leaseSeconds * 1000),
    showsPredictions: project.settings.showPredictions,
    hiddenFields: project.settings.hiddenFields,
  });
}

/** Why there is nothing: what others hold, and what the person skipped. */
async function countLeft(ctx: Context, projectId: number, person: string) {
  const ofProject = and(eq(labelLeases.workspaceId, ctx.actor.workspaceId), eq(labelLeases.projectId, projectId));
  const heldByOthers = await ctx.db.$count(
    labelLeases,
    and(ofProject, eq(labelLeases.kind, "place"), ne(labelLeases.person, person)),
  );
  const skipped = await ctx.db.$count(
    labelLeases,
    and(ofProject, eq(labelLeases.kind, "skip"), eq(labelLeases.person, person)),
  );
  return { heldByOthers, skipped };
}
