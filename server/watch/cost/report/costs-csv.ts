import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { csvLine } from "#server/base/csv-line.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { readOwners } from "#server/platform/teams/read-owners.ts";
import { dayOf, daysLater, monthOf, spanOfMonth, startOf } from "../spending/days.ts";
import { readLedger } from "../spending/ledger.ts";
import { GetCosts } from "./contract.ts";

/** Columns of FOCUS 1.2 as far as they exist; provider-defined columns begin with x_. */
const head = [
  "ChargePeriodStart",
  "ChargePeriodEnd",
  "ChargeCategory",
  "ServiceCategory",
  "ServiceName",
  "ResourceId",
  "ResourceName",
  "ResourceType",
  "SubAccountName",
  "BilledCost",
  "BillingCurrency",
  "ConsumedQuantity",
  "ConsumedUnit",
  "x_Arm",
  "x_ComputeCost",
  "x_IdleCost",
  "x_EngineCost",
  "x_Requests",
  "x_Answered",
];

/**
 * Formats a month's costs by day as CSV (RFC 4180): each version behind each endpoint, training runs and storage. Charge periods are UTC
 * instants, as FOCUS requires, for days in the workspace's time zone.
 */
export async function costsCsv(
  ctx: Context,
  input: GetCosts,
  now = Date.now(),
): Promise<{ name: string; text: string }> {
  permit(ctx, "getCosts");
  const timeZone = await workspaceTimeZone(ctx);
  const { month = monthOf(dayOf(now, timeZone)) } = GetCosts.parse(input);
  const ledger = await readLedger(ctx, spanOfMonth(month, timeZone), now);
  const instant = (day: string) => new Date(startOf(day, timeZone)).toISOString().replace(".000", "");
  const names = await readOwners(ctx);
  const versions = await versionNames(ctx);
  const currency = ledger.currency ?? "";
  const row = (day: string, cells: string[]) => csvLine([instant(day), instant(daysLater(day, 1)), "Usage", ...cells]);
  const money = (value: number | null) => (value === null ? "" : String(value));
  const usage = ledger.usage.map((one) => {
    const { compute, idle, engine, requests, answered, coreMs, gpuMs, versionId, arm } = one;
    const endpoint = names.get(one.endpointId);
    const [quantity, unit] = gpuMs > 0 ? [gpuMs / 3.6e6, "GPU-Hours"] : [coreMs / 3.6e6, "Core-Hours"];
    return row(one.day, [
      "AI and Machine Learning",
      endpoint?.name ?? one.endpointId,
      versionId,
      versions.get(versionId) ?? versionId,
      "Model version",
      endpoint?.teamName ?? "",
      money(compute + idle + engine),
      currency,
      money(quantity),
      unit,
      arm,
      ...[compute, idle, engine, requests, answered].map(String),
    ]);
  });
  const training = ledger.training.map(({ day, experiment, runId, runName, cost, hours }) => {
    const what = ["AI and Machine Learning", experiment, runId, runName, "Training run", ""];
    return row(day, [...what, money(cost), currency, String(hours), "Hours", "", "", "", "", "", ""]);
  });
  const storage = ledger.storage.map(({ day, kind, bytes, cost }) => {
    const what = ["Storage", "Leeway", kind, kind, "Storage", ""];
    return row(day, [...what, money(cost), currency, String(bytes / 1e9), "GB-Days", "", "", "", "", "", ""]);
  });
  const text = [csvLine(head), ...usage, ...training, ...storage].join("");
  return { name: `costs-${month}.csv`, text };
}

/** Returns names such as "digits version 3" by the version's id. */
async function versionNames(ctx: Context): Promise<Map<string, string>> {
  const { rows } = await ctx.db.execute<{ id: string; name: string }>(sql`
    select model_versions.id, registered_models.name || ' version ' || version as name
    from model_versions join registered_models on registered_models.id = model_id
    where model_versions.workspace_id = ${ctx.actor.workspaceId}`);
  return new Map(rows.map(({ id, name }) => [id, name]));
}
