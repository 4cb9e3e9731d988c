import { eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { leases } from "#db/schema/index.ts";
import { silentMs } from "./worker-silence.ts";

const nameOf = (role: string) => `present-${role}`;
const nowMs = sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

/**
 * Records that a process of a role is there and reaches Postgres: a lease that all of them renew together, and whose holder is the moment
 * since which one of them always has. So it outlives each of them, and begins anew after a gap.
 */
export async function notePresence(db: Database, role: string): Promise<void> {
  const endsAt = sql`clock_timestamp() + make_interval(secs => ${silentMs / 1000})`;
  await db
    .insert(leases)
    .values({ name: nameOf(role), holder: sql`${nowMs}::text`, endsAt })
    .onConflictDoUpdate({
      target: leases.name,
      set: {
        holder: sql`case when ${leases.endsAt} < clock_timestamp() then ${nowMs}::text else ${leases.holder} end`,
        endsAt,
      },
    });
}

/**
 * Reads since when a role has been there without a gap of more than 30 s, on the clock of Postgres. What did not arrive before says nothing.
 * @returns milliseconds since 1970: now while no process of it is there; undefined where there never was one
 */
export async function presentSince(db: Database, role: string): Promise<number | undefined> {
  const since = sql`case when ${leases.endsAt} < clock_timestamp() then ${nowMs} else ${leases.holder}::bigint end`;
  const [row] = await db
    .select({ since: since.mapWith(Number) })
    .from(leases)
    .where(eq(leases.name, nameOf(role)));
  return row?.since;
}
