import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";

/**
 * Keeps what is expensive to read and changes slowly, for each workspace: a look at admission, which holds a lock, comes every few seconds.
 * @param read reads it at a time, in milliseconds since 1970
 * @returns a function that returns what was read at most `maxAgeMs` ago (a minute by default), and reads it again where that is older
 */
export function keptAMinute<Value>(read: (ctx: Context, now: number) => Promise<Value>) {
  const kept = new Map<string, { at: number; value: Value }>();
  return async (ctx: Context, now: number, maxAgeMs = minuteMs): Promise<Value> => {
    const { workspaceId } = ctx.actor;
    const known = kept.get(workspaceId);
    if (known && Math.abs(now - known.at) < maxAgeMs) return known.value;
    const value = await read(ctx, now);
    kept.set(workspaceId, { at: now, value });
    return value;
  };
}
