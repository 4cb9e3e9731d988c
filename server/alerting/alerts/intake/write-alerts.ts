import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { Episode } from "./validate-alert.ts";

/** Alert with all values of its row. */
export interface AcceptedAlert extends Episode {
  ruleKey: string;
  severity: "page" | "ticket";
  endpointId: string | null;
  isEnded: boolean;
  isSettled: boolean;
}

/** Rows of one statement, so that no single one grows beyond some megabytes. */
const chunk = 5_000;

/** Writes alerts as they are now, whether they were known or not. */
export async function writeAlerts(ctx: Context, alerts: readonly AcceptedAlert[]): Promise<void> {
  for (let from = 0; from < alerts.length; from += chunk) {
    const rows = alerts.slice(from, from + chunk).map((alert) => ({
      ...alert,
      startsAt: new Date(alert.startsAt),
      endsAt: new Date(alert.endsAt),
      updatedAt: new Date(alert.updatedAt),
    }));
    await ctx.db.execute(sql`
      insert into alerts (workspace_id, fingerprint, labels, annotations, starts_at, ends_at, updated_at, is_timeout,
        generator_url, rule_key, severity, endpoint_id, is_ended, is_settled)
      select ${ctx.actor.workspaceId}::uuid, fingerprint, labels, annotations, "startsAt", "endsAt", "updatedAt", "isTimeout",
        "generatorUrl", "ruleKey", severity, "endpointId", "isEnded", "isSettled"
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as one(fingerprint text, labels jsonb, annotations jsonb,
        "startsAt" timestamptz, "endsAt" timestamptz, "updatedAt" timestamptz, "isTimeout" boolean, "generatorUrl" text,
        "ruleKey" text, severity text, "endpointId" uuid, "isEnded" boolean, "isSettled" boolean)
      on conflict (workspace_id, fingerprint) do update set
        labels = excluded.labels, annotations = excluded.annotations, starts_at = excluded.starts_at,
        ends_at = excluded.ends_at, updated_at = excluded.updated_at, is_timeout = excluded.is_timeout,
        generator_url = excluded.generator_url, rule_key = excluded.rule_key, severity = excluded.severity,
        endpoint_id = excluded.endpoint_id, is_ended = excluded.is_ended, is_settled = excluded.is_settled`);
  }
}
