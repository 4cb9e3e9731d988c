import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { findReporting } from "#server/serve/gateways/find-reporting.ts";
import type { MonitorSettings } from "../contract.ts";
import type { SettledFindings } from "../findings/contract.ts";
import { settleFindings } from "../findings/settle-findings.ts";
import { findStates } from "../history/queries.ts";
import { activeProfiles, type LoadedProfile, loadProfile } from "../profiles/load-profile.ts";
import { settingsByEndpoint } from "../settings/queries.ts";
import type { SpanState } from "../state/contract.ts";
import { alphasOf, type EvaluationLength } from "./checks/alphas.ts";
import { checkLateLabels } from "./checks/late-labels.ts";
import type { CheckResult } from "./contract.ts";
import { checkEndpoint } from "./evaluate/check-endpoint.ts";
import { checkLog } from "./evaluate/check-log.ts";
import { readLabelWindows } from "./evaluate/read-label-windows.ts";
import { readLatest } from "./evaluate/read-latest.ts";
import { evaluateSpan } from "./evaluate-span.ts";
import { findingsOf } from "./findings-of.ts";
import { countPassingRows } from "./row-rules/count-passing-rows.ts";

/** Result of the last daily evaluation, which runs once an hour. */
export interface DayEvaluation {
  /** Milliseconds since 1970. */
  at: number;
  versionId: string;
  checks: CheckResult[];
}

/** Keys of findings that a gateway without connection may contradict later. Without any gateway, that is all of them. */
const trafficKeys = ["no traffic:", "volume:"];

/** Time range of the schema and contract checks: the latest minutes. */
const schemaMs = 10 * minuteMs;

/**
 * Checks the data of an endpoint once: the latest minutes, and every hour the last day, against the reference of the version that it
 * serves; its schema, contract and traffic. Failing checks open findings and alerts, passing ones close them. While gateways do not report,
 * findings stay open that their counts may confirm.
 * @param before result of the last daily evaluation, so that it is not read every minute
 * @returns the changes to findings, and the current daily evaluation
 */
export async function watchIntegrity(
  ctx: Context,
  endpointId: string,
  { now, before }: { now: number; before?: DayEvaluation | undefined },
  afterChange: AfterChange,
): Promise<SettledFindings & { day: DayEvaluation | undefined }> {
  permit(ctx, "watchIntegrity");
  const settings = (await settingsByEndpoint(ctx.db, [endpointId])).get(endpointId);
  const deployed = (await currentDeployments(ctx, [endpointId])).get(endpointId);
  if (!settings?.isOn || !deployed) {
    const nothing = { endpointId, watcher: "integrity" as const, findings: [], now, holdMs: 0 };
    const settled = await settleFindings(ctx, nothing, afterChange);
    return { ...settled, day: undefined };
  }
  await countPassingRows(ctx, { endpointId, settings, now });
  const { versionId } = deployed;
  const profileId = (await activeProfiles(ctx.db, [versionId])).get(versionId);
  const profile = profileId ? await loadProfile(ctx.db, profileId) : undefined;
  const watched = { ctx, endpointId, versionId, settings, now };
  const latest = [
    ...(await checkEndpoint(ctx, endpointId, { from: new Date(now - schemaMs), to: new Date(now), now }, settings)),
    ...(profile ? await latestChecks(watched, profile) : []),
  ];
  const isFresh = before && before.versionId === versionId && now - before.at < hourMs;
  const day = isFresh ? before : { at: now, versionId, checks: await dayChecks(watched, profile) };
  const findings = findingsOf({ latest, day: day.checks }, versionId);
  const reporting = await findReporting(ctx.db, endpointId, now);
  const unknown = reporting === "all" ? null : reporting === "none" ? [""] : trafficKeys;
  const evaluated = { endpointId, watcher: "integrity" as const, findings, now, unknown };
  const settled = await settleFindings(ctx, evaluated, afterChange);
  return { ...settled, day };
}

interface IntegrityEvaluation {
  ctx: Context;
  endpointId: string;
  versionId: string;
  settings: MonitorSettings;
  now: number;
}

async function latestChecks(
  { ctx, endpointId, versionId, settings, now }: IntegrityEvaluation,
  profile: LoadedProfile,
) {
  const read = await readLatest(ctx, { endpointId, versionId, profileId: profile.id }, now);
  return read ? runChecks(profile, read.state, settings, "latest") : [];
}

async function dayChecks(evaluation: IntegrityEvaluation, profile: LoadedProfile | undefined): Promise<CheckResult[]> {
  const { ctx, endpointId, versionId, settings, now } = evaluation;
  const span = { from: new Date(now - dayMs), to: new Date(now) };
  const rows = [
    ...(await checkLog(ctx, { endpointId, versionId, ...span }, settings.rules)),
    checkLateLabels(await readLabelWindows(ctx, endpointId, now)),
  ];
  if (!profile) return rows;
  const read = await findStates(ctx, { endpointId, versionId, profileId: profile.id, ...span, scores: false });
  return [...rows, ...(read ? runChecks(profile, read.state, settings, "day") : [])];
}

function runChecks(profile: LoadedProfile, state: SpanState, settings: MonitorSettings, length: EvaluationLength) {
  const { features } = profile;
  const alphas = alphasOf(features, settings, length);
  return evaluateSpan({ features, state, alphas, limits: settings.limits }).flatMap(({ checks }) => checks);
}
