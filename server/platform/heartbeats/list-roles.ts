import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { rowsOf } from "#server/base/rows-of.ts";

const RoleProcess = z.object({
  instance: z.string(),
  role: z.enum(["web", "gateway", "worker"]),
  /** Milliseconds since 1970, like all times here. */
  startedAt: z.number(),
  seenAt: z.number(),
  /** Null while it runs, and when it ended without having been requested to. */
  stoppedAt: z.number().nullable(),
  standingStill: z.array(z.string()),
});
export type RoleProcess = z.infer<typeof RoleProcess>;

const Roles = z.object({
  now: z.number(),
  processes: z.array(RoleProcess),
  /** Last completed round of SLOs by any worker: also those of versions without heartbeats have rounds. */
  roundAt: z.number().nullable(),
});
export type Roles = z.infer<typeof Roles>;

/** Reads the processes of all roles, on the clock of Postgres. */
export async function listRoles(db: Database): Promise<Roles> {
  const ms = (column: string) => sql.raw(`extract(epoch from ${column}) * 1000`);
  const result = await db.execute(sql`
    select (${ms("clock_timestamp()")})::float8 as now,
      (select (${ms("started_at")})::float8 from recurring_work where name = 'slos') as "roundAt",
      coalesce((select jsonb_agg(jsonb_build_object('instance', instance, 'role', role, 'startedAt', ${ms("started_at")},
        'seenAt', ${ms("seen_at")}, 'stoppedAt', ${ms("stopped_at")}, 'standingStill', standing_still))
        from role_heartbeats), '[]') as processes`);
  const [roles] = rowsOf(Roles, result);
  if (!roles) throw new Error("The roles were not read.");
  return roles;
}
