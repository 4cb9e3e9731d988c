import { expect, test } from "vitest";
import { sliHours } from "#db/schema/index.ts";
import { hourMs } from "#server/base/durations.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { newServed, newSlo } from "../../../testing/fixtures/slo/testing.ts";
import { SeriesMemory } from "./series-memory.ts";

const start = Math.floor(Date.now() / hourMs) * hourMs;
const counts = Array(60).fill(1);

test(
  "evicts idle series, also behind an idle one without hours, and keeps active ones",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const newSeries = async (hours: number, withinMs: number) => {
      const indicator = { kind: "latency", endpointId, withinMs, countsFailures: false } as const;
      const { seriesId } = await newSlo(ctx, indicator, { name: `within-${withinMs}` });
      for (let index = 0; index < hours; index += 1) {
        const hour = new Date(start + index * hourMs);
        await ctx.db
          .insert(sliHours)
          .values({ workspaceId: ctx.actor.workspaceId, seriesId, hour, versionId, good: counts, total: counts });
      }
      return seriesId;
    };
    const [empty, idle, active] = [await newSeries(0, 10), await newSeries(3, 20), await newSeries(2, 30)];
    const memory = new SeriesMemory({ maxHours: 4 });
    const read = async (seriesId: string, to: number) => {
      const { total } = await memory.read(ctx.db, { seriesId, revision: 0, span: { from: start, to } });
      return total.reduce((sum, count) => sum + count, 0);
    };
    const later = start + 6 * hourMs;
    await read(empty, start + 4 * hourMs);
    await read(idle, start + 4 * hourMs);
    expect(memory.size).toBe(3);
    expect(await read(active, later)).toBe(120);
    expect(memory.size).toBe(2);
    // There is no room now, and the only other series is active.
    expect(await read(idle, later)).toBe(180);
    expect(memory.size).toBe(2);
  }),
);
