import { and, desc, eq, gte, sql } from "drizzle-orm";
import { monitoringAnalyses, predictions } from "#db/schema/index.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import { addAnalysis } from "../../../analyses/add-analysis.ts";
import type { Analysis } from "../../../analyses/contract.ts";
import { selectAnalyses } from "../../../analyses/lookups.ts";
import { type MonitorSettings, minRows } from "../../../contract.ts";
import { lockFindings } from "../../../findings/lock-findings.ts";
import { settleFindings } from "../../../findings/settle-findings.ts";
import { findMonitor } from "../../../settings/queries.ts";
import type { ConsistencyResult } from "../contract.ts";
import { consistencyFindings } from "./consistency-findings.ts";
import { evaluatedAtMs, type ServedPair, servedPair } from "./served-pair.ts";

/** Maximum number of recent requests replayed on both versions: one or two minutes of one worker, and a margin of 6 points for shares. */
const maxRequests = 300;

/**
 * Detects that a version started serving in place of another, requests one comparison of both on recorded client requests, and settles
 * its findings. Waits until the endpoint has 50 recorded requests. A finding lasts while the two versions are consecutive, at most 7 days
 * after the change.
 * @param now milliseconds since 1970 @returns whether an analysis was requested
 */
export async function watchConsistency(
  ctx: Context,
  endpointId: string,
  now: number,
  afterChange: AfterChange,
): Promise<boolean> {
  permit(ctx, "watchConsistency");
  const { settings } = await findMonitor(ctx, endpointId);
  const isOn = settings.isOn && settings.consistency.isAutomatic;
  const pair = isOn ? await servedPair(ctx, endpointId, now) : undefined;
  const made = pair && (await automaticOf(ctx, endpointId, pair, now));
  const found = pair && made && resultFor(pair, made);
  const findings = pair && found ? consistencyFindings(pair, found, settings.consistency) : [];
  await settleFindings(ctx, { endpointId, watcher: "consistency", findings, now }, afterChange);
  if (!pair || made || !(await hasRequests(ctx, endpointId, now))) return false;
  return request(ctx, { endpointId, pair, now }, settings.consistency);
}

/** Returns the result for the version that serves now; nothing after a return to the previous version. */
function resultFor(pair: ServedPair, { question, result }: Analysis): ConsistencyResult | undefined {
  if (question.kind !== "consistency" || result?.kind !== "consistency") return undefined;
  return question.consistency.second.versionId === pair.now.versionId ? result.consistency : undefined;
}

/** Requests the comparison once, even with concurrent workers. */
async function request(
  ctx: Context,
  { endpointId, pair, now }: { endpointId: string; pair: ServedPair; now: number },
  { tolerance }: MonitorSettings["consistency"],
): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    await lockFindings(ctx, { endpointId, watcher: "consistency" });
    if (await automaticOf(ctx, endpointId, pair, now)) return false;
    const [first, second] = [pair.before, pair.now].map(({ versionId }) => ({ versionId, providers: [] }));
    if (!first || !second) return false;
    const consistency = { endpointId, first, second, tolerance, maxRequests };
    await addAnalysis(ctx, { endpointId, question: { kind: "consistency", consistency } });
    return true;
  });
}

/**
 * Finds the automatic comparison of the two versions, in either order: after a return to the previous version, the difference is already
 * known.
 */
async function automaticOf(
  ctx: Context,
  endpointId: string,
  { before, now: served }: ServedPair,
  now: number,
): Promise<Analysis | undefined> {
  const part = (side: "first" | "second") =>
    sql`${monitoringAnalyses.question} #>> ${`{consistency,${side},versionId}`}::text[]`;
  const ids = [before.versionId, served.versionId];
  const [newest] = await selectAnalyses(
    ctx,
    and(
      eq(monitoringAnalyses.endpointId, endpointId),
      eq(monitoringAnalyses.kind, "consistency"),
      eq(monitoringAnalyses.createdBy, ctx.actor.name),
      gte(monitoringAnalyses.createdAt, new Date(now - 2 * evaluatedAtMs)),
      sql`${part("first")} in (${ids[0]}, ${ids[1]}) and ${part("second")} in (${ids[0]}, ${ids[1]})`,
    ),
    1,
  );
  return newest;
}

/** Whether there are enough sampled requests with stored inputs. */
async function hasRequests(ctx: Context, endpointId: string, now: number): Promise<boolean> {
  const rows = await ctx.db
    .select({ id: predictions.id })
    .from(predictions)
    .where(
      and(
        eq(predictions.workspaceId, ctx.actor.workspaceId),
        eq(predictions.endpointId, endpointId),
        gte(predictions.at, new Date(now - 30 * dayMs)),
        sql`${predictions.loggedReason} = 'sampled' and ${predictions.status} = 200 and ${predictions.arm} <> 'shadow'
          and jsonb_typeof(${predictions.inputs}) = 'array'`,
        isOutsideGameDays(),
      ),
    )
    .orderBy(desc(predictions.at))
    .limit(minRows);
  return rows.length >= minRows;
}
