import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsLikeFirst } from "#server/base/rows-of.ts";
import { windowSeconds } from "#server/serve/windows/contract.ts";
import { bucketOf } from "#server/stats/histogram.ts";
import { type Block, dispersionOf, sumsOf } from "#server/stats/sequential/dispersion.ts";
import { gatewayDeviation } from "#server/stats/sequential/gateway-deviation.ts";
import type { BurstRecord, FrozenFacts } from "../../serve/rollout/contract.ts";
import type { OwnWindow } from "./freeze-traffic.ts";

const Window = z.object({
  /** Start in seconds since 1970 by the seconds of a window, and gateway. */
  at: z.number(),
  gateway: z.string(),
  units: z.number(),
  errors: z.number(),
  clientErrors: z.number(),
  measured: z.number(),
  slow: z.number(),
});
type Window = z.infer<typeof Window>;
type Placed = Pick<Window, "at" | "gateway">;

/** Share of the responses that has to be logged for the log to show bursts: a sample would hide most of them. */
const completeLog = 0.9;

const windowsPerMinute = 60 / windowSeconds;
type Bursts = NonNullable<FrozenFacts["bursts"]>;

/**
 * Compares a version with itself over the windows of `where`: from one window and minute to the next, and between gateways. It shows how
 * bad units come in bursts before another version runs beside it.
 * @param slowMs from which the latency of a complete request counts as slow
 * @param own logged responses that were slow by the time of the version itself: in place of complete latencies if nearly all are logged
 */
export async function readBursts(
  ctx: Context,
  where: SQL,
  slowMs: number,
  own: readonly OwnWindow[] = [],
): Promise<Bursts> {
  const result = await ctx.db.execute(sql`
    select (extract(epoch from window_start) / ${windowSeconds})::float8 as at, gateway_id as gateway, sum(requests)::float8 as units,
      coalesce(sum(failed.errors), 0)::float8 as errors, coalesce(sum(failed.client_errors), 0)::float8 as "clientErrors",
      coalesce(sum(latency.measured), 0)::float8 as measured, coalesce(sum(latency.slow), 0)::float8 as slow
    from serving_windows
      left join lateral (
        select sum(value::float8) filter (where key::int >= 500 or key = '408') as errors,
          sum(value::float8) filter (where key in ('400', '422')) as client_errors
        from jsonb_each_text(failures)
      ) as failed on true
      left join lateral (
        select sum(value::float8) as measured, sum(value::float8) filter (where key::int > ${bucketOf(slowMs)}) as slow
        from jsonb_each_text(latency_buckets)
      ) as latency on true
    where workspace_id = ${ctx.actor.workspaceId} and ${where}
    group by window_start, gateway_id order by window_start`);
  const windows = rowsLikeFirst(Window, result);
  const slowRecord = recordOf(windows, ({ measured, slow }) => ({ units: measured, events: slow }));
  return {
    errors: recordOf(windows, ({ units, errors }) => ({ units, events: errors })),
    "client-errors": recordOf(windows, ({ units, clientErrors }) => ({ units, events: clientErrors })),
    slow: isComplete(own, windows) ? { ...slowRecord, ...burstSums(placed(own), (window) => window) } : slowRecord,
  };
}

/** The log names no gateway. */
function placed(own: readonly OwnWindow[]) {
  return own.map((window) => ({ ...window, gateway: "" }));
}

function isComplete(own: readonly OwnWindow[], windows: readonly Window[]): boolean {
  const logged = own.reduce((sum, { units }) => sum + units, 0);
  return logged > 0 && logged >= completeLog * windows.reduce((sum, { measured }) => sum + measured, 0);
}

function minuteOf({ at }: Placed): number {
  return Math.floor(Math.round(at) / windowsPerMinute);
}

/** Sums neighbouring blocks of one metric: windows, minutes and five minutes. */
function burstSums<Of extends Placed>(windows: readonly Of[], blockOf: (window: Of) => Block) {
  const sumsBy = (keyOf: (window: Placed) => number) => sumsOf(inOrder(blocksBy(windows, keyOf, blockOf)));
  return {
    short: sumsBy(({ at }) => Math.round(at)),
    minutes: sumsBy(minuteOf),
    fiveMinutes: sumsBy((window) => Math.floor(minuteOf(window) / 5)),
  };
}

/** Sums the windows of one metric. */
function recordOf(windows: readonly Window[], blockOf: (window: Window) => Block): BurstRecord {
  const minutes = blocksBy(windows, minuteOf, blockOf);
  const record = burstSums(windows, blockOf);
  const gateways = new Map<string, { expected: number; events: number }>();
  for (const window of windows) {
    const { units, events } = blockOf(window);
    const all = minutes.get(minuteOf(window)) ?? { units: 0, events: 0 };
    const own = gateways.get(window.gateway) ?? { expected: 0, events: 0 };
    const expected = all.units > 0 ? (units * all.events) / all.units : 0;
    gateways.set(window.gateway, { expected: own.expected + expected, events: own.events + events });
  }
  const { clusters, rho, unitsPerMinute } = dispersionOf(record);
  const dispersion = 1 + clusters + (rho * unitsPerMinute) / Math.max(1, gateways.size);
  return {
    ...record,
    gateways: gateways.size,
    gatewayDeviation: gatewayDeviation([...gateways.values()], dispersion),
  };
}

function blocksBy<Of extends Placed>(
  windows: readonly Of[],
  keyOf: (window: Placed) => number,
  blockOf: (window: Of) => Block,
): Map<number, Block> {
  const blocks = new Map<number, Block>();
  for (const window of windows) {
    const { units, events } = blockOf(window);
    const sum = blocks.get(keyOf(window)) ?? { units: 0, events: 0 };
    blocks.set(keyOf(window), { units: sum.units + units, events: sum.events + events });
  }
  return blocks;
}

/** Returns the blocks in the order of time, with one gap wherever some are missing. */
function inOrder(blocks: ReadonlyMap<number, Block>): (Block | undefined)[] {
  const keys = [...blocks.keys()].sort((a, b) => a - b);
  return keys.flatMap((key, index) =>
    index > 0 && keys[index - 1] !== key - 1 ? [undefined, blocks.get(key)] : [blocks.get(key)],
  );
}
