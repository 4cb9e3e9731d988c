import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Watcher } from "../contract.ts";
import { lockFindings } from "./lock-findings.ts";
import { notifyFindings } from "./notify-findings.ts";

/** Repeats notifications of a watcher's open findings at an endpoint, where due. @param of.now milliseconds since 1970 */
export async function renotifyFindings(
  ctx: Context,
  of: { endpointId: string; watcher: Watcher; now: number },
  afterChange: AfterChange,
): Promise<void> {
  permit(ctx, "renotifyFindings");
  await transact(ctx, async (ctx) => {
    await lockFindings(ctx, of);
    await notifyFindings(ctx, of, afterChange);
  });
}
