import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { gpuWindows } from "#db/schema/index.ts";
import type { GpuWindow } from "./gpu-windows.ts";

/** Writes what a gateway read of its GPUs; writing a window again, with more in it, is writing the last once. */
export async function storeGpuWindows(db: Database, gatewayId: string, windows: readonly GpuWindow[]): Promise<void> {
  const rows = windows.map(({ windowStart, ...rest }) => ({ ...rest, gatewayId, windowStart: new Date(windowStart) }));
  await db
    .insert(gpuWindows)
    .values(rows)
    .onConflictDoUpdate({
      target: [gpuWindows.gpu, gpuWindows.windowStart, gpuWindows.gatewayId],
      set: {
        readings: sql`excluded.readings`,
        utilisationSum: sql`excluded.utilisation_sum`,
        memoryUsedSum: sql`excluded.memory_used_sum`,
        memoryTotalBytes: sql`excluded.memory_total_bytes`,
      },
    });
}
