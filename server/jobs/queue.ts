import { sql } from "drizzle-orm";
import { fromDrizzle, PgBoss } from "pg-boss";
import type { Context } from "#server/context.ts";
import type { JobData, JobKind } from "./kinds.ts";

// Enqueueing inside a transaction uses the caller's connection, so this instance needs neither a pool nor start().
const sender = new PgBoss({ db: { executeSql: async () => ({ rows: [] }) } });

/** Adds a job in the caller's transaction: it exists if and only if the change does. Jobs run at least once and must be idempotent. */
export async function enqueue<Kind extends JobKind>(ctx: Context, kind: Kind, data: JobData[Kind]): Promise<void> {
  await sender.send(kind, { workspaceId: ctx.actor.workspaceId, ...data }, { db: fromDrizzle(ctx.db, sql) });
}
