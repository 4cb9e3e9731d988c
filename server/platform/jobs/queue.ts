import { sql } from "drizzle-orm";
import { fromDrizzle, PgBoss } from "pg-boss";
import type { Database } from "#db/client.ts";
import type { Context } from "#server/base/context.ts";
import { type JobData, type JobKind, queueOptions } from "./kinds.ts";

let sender: Promise<PgBoss> | undefined;

/** Enqueues a job in the caller's transaction: it exists if and only if the change does. Jobs run at least once and must be idempotent. */
export async function enqueue<Kind extends JobKind>(
  ctx: Context,
  kind: Kind,
  data: JobData[Kind],
  options: { startAfterSeconds?: number } = {},
): Promise<void> {
  sender ??= openSender(ctx.db);
  const boss = await sender.catch((error: unknown) => {
    sender = undefined;
    throw error;
  });
  const startAfter = options.startAfterSeconds;
  const { workspaceId } = ctx.actor;
  await boss.send(
    kind,
    { workspaceId, ...data },
    {
      db: fromDrizzle(ctx.db, sql),
      ...(startAfter !== undefined && { startAfter }),
      // By which runners share their time between workspaces.
      ...(workspaceId && { group: { id: workspaceId } }),
    },
  );
}

/**
 * Enqueues a job unless one with the same identity waits to be started, which then finds this change too. The waiting job is locked until
 * the caller's transaction ends, so that no worker starts it before that.
 * @param identity the part of the data by which jobs are the same
 */
export async function enqueueUnlessWaiting<Kind extends JobKind>(
  ctx: Context,
  kind: Kind,
  data: JobData[Kind],
  identity: Partial<JobData[Kind]>,
): Promise<void> {
  const same = JSON.stringify({ workspaceId: ctx.actor.workspaceId, ...identity });
  // One that another transaction has locked is being started, or enqueued for a change that is not committed.
  const { rowCount } = await ctx.db.execute(sql`
    select from pgboss.job where name = ${kind} and state = 'created' and data @> ${same}::jsonb
    limit 1 for update skip locked`);
  if (!rowCount) await enqueue(ctx, kind, data);
}

// pg-boss reads the list of queues when it starts, and sends only then. Stopped immediately, it keeps the list and has no timers and no
// connection of its own: every job uses the connection of its sender.
async function openSender(db: Database): Promise<PgBoss> {
  const boss = new PgBoss({
    db: fromDrizzle(db, sql),
    migrate: false,
    supervise: false,
    schedule: false,
    registerInstance: false,
  });
  await boss.start();
  await boss.stop({ close: false, graceful: false });
  return boss;
}

/** Creates or upgrades the tables of the job queue, and one queue per kind. Safe for several processes at once. */
export async function installQueues(databaseUrl: string): Promise<void> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    max: 1,
    supervise: false,
    schedule: false,
    registerInstance: false,
  });
  await boss.start();
  try {
    for (const [kind, options] of Object.entries(queueOptions)) {
      const queue = { ...options, notify: true };
      await boss.createQueue(kind, queue);
      await boss.updateQueue(kind, queue);
    }
  } finally {
    await boss.stop({ graceful: false });
  }
}
