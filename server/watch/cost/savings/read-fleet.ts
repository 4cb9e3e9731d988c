import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { hourOf } from "../spending/days.ts";
import type { MeasuredMachine } from "./find-savings.ts";
import type { FleetHour } from "./replicas.ts";

const Machine = z.object({ machine: z.string(), cores: z.number(), maxUtilisation: z.number(), hours: z.number() });

/** Machines that served the workspace in full hours of the last four weeks. Their busy cores are those of all workspaces. */
export async function readMachines(ctx: Context): Promise<Omit<MeasuredMachine, "spent" | "days">[]> {
  const result = await ctx.db.execute(sql`
    select machine, max(cores) as cores, max(core_busy_ms / (60000.0 * bit_count(minutes_up::bit(60))))::float8 as "maxUtilisation",
      count(*)::int as hours
    from ${served(ctx)} where bit_count(minutes_up::bit(60)) >= 30 and cores > 0 group by 1`);
  return rowsOf(Machine, result);
}

/** Reads the combined activity of these machines, by hour of the day in a time zone. */
export async function readFleet(ctx: Context, timeZone: string): Promise<FleetHour[]> {
  const { rows } = await ctx.db.execute<Omit<FleetHour, "hour"> & { at: number }>(sql`
    select (extract(epoch from hour) * 1000)::float8 as at, count(*)::int as machines, sum(cores)::int as cores,
      (sum(core_busy_ms) / 3600000.0)::float8 as "busyCores"
    from ${served(ctx)} where cores > 0 and bit_count(minutes_up::bit(60)) >= 30 group by machine_hours.hour`);
  return rows.map(({ at, ...did }) => ({ ...did, hour: hourOf(at, timeZone) }));
}

function served(ctx: Context) {
  return sql`(
    select * from machine_hours
    where hour > now() - interval '28 days' and hour < date_trunc('hour', now())
      and machine in (select machine from usage_hours where workspace_id = ${ctx.actor.workspaceId} and hour > now() - interval '28 days')
  ) as machine_hours`;
}
