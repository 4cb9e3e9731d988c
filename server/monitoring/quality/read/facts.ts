import type { Context } from "#server/context.ts";
import { dayMs, hourMs } from "#server/durations.ts";
import { currentDeployments } from "#server/serving/deployment-rows.ts";
import { findEndpointById } from "#server/serving/lookups.ts";
import type { MonitorSettings } from "../../contract.ts";
import { activeProfiles, type LoadedProfile, loadProfile } from "../../profiles/load-profile.ts";
import { findMonitor } from "../../settings/queries.ts";
import { GetQuality, type Maturity, type QualityObjective } from "../contract.ts";
import { mergeCounts } from "../counts/merge-counts.ts";
import { maturityFrom } from "../measures/maturity.ts";
import type { Reading } from "../measures/realised.ts";
import { metricFor, type QualityMetric } from "../metrics/contract.ts";
import { type Expectations, readExpectations } from "./expectations.ts";
import { readLabelLags } from "./label-lags.ts";
import { findObjective } from "./objective.ts";
import { readHours, type StoredHour } from "./quality-hours.ts";
import { readingOf } from "./reading-of.ts";
import { statedVersions } from "./stated-versions.ts";

/** Everything that sentences, tiles, charts and tables about an endpoint's quality are made from, so that they all say the same. */
export interface QualityFacts {
  endpointId: string;
  endpoint: string;
  from: number;
  to: number;
  now: number;
  stepMs: number;
  settings: MonitorSettings;
  reading: Reading;
  metric: QualityMetric;
  hours: StoredHour[];
  expectations: Expectations;
  maturity: Maturity;
  objective: QualityObjective | null;
  /** Of the newest version, or the one that was asked for. */
  profile: LoadedProfile | null;
  /** By version: how the scores of labelled rows are calibrated. */
  profileOf: ReadonlyMap<string, LoadedProfile>;
}

/** Days by hours, months by days: as much as a chart can show, in steps that states are kept by. */
function stepFor(from: number, to: number): number {
  return to - from <= 3 * dayMs ? hourMs : dayMs;
}

/** Reads the facts of a span, from the start of a step on. For who was let in already. @throws DomainError "not-found", "invalid" */
export async function readFacts(ctx: Context, input: GetQuality, now = Date.now()): Promise<QualityFacts> {
  const asked = GetQuality.parse(input);
  const { endpointId, segment, versionId } = asked;
  const { name: endpoint } = await findEndpointById(ctx, endpointId);
  const { settings } = await findMonitor(ctx, endpointId);
  const stepMs = stepFor(asked.from.getTime(), asked.to.getTime());
  const from = Math.floor(asked.from.getTime() / stepMs) * stepMs;
  const span = { endpointId, versionId, segment, from: new Date(from), to: asked.to };
  const hours = await readHours(ctx, span);
  const newest = versionId ?? (await newestVersion(ctx, span, hours));
  const reading = await readingOf(ctx, newest, settings, mergeCounts(hours.map(({ counts }) => counts)));
  const metric = metricFor(reading.taskKind, asked.metric);
  const expectations = await readExpectations(ctx, { ...span, stepMs }, reading);
  const maturity = maturityFrom(await readLabelLags(ctx, endpointId, now), settings.maturityMs, now);
  const profileOf = await profilesOf(ctx, [newest, ...hours.map((hour) => hour.versionId)], expectations.profiles);
  return {
    ...{ endpointId, endpoint, from, to: asked.to.getTime(), now, stepMs, settings, reading, metric, hours },
    ...{ expectations, maturity, profileOf },
    objective: await findObjective(ctx, endpointId, metric),
    profile: (newest && profileOf.get(newest)) || null,
  };
}

/** What is deployed; else what was counted last, by the log or by its state. */
async function newestVersion(
  ctx: Context,
  span: Parameters<typeof statedVersions>[1],
  hours: StoredHour[],
): Promise<string | undefined> {
  const deployed = (await currentDeployments(ctx, [span.endpointId])).get(span.endpointId);
  return deployed?.versionId ?? hours.at(-1)?.versionId ?? (await statedVersions(ctx, span))[0]?.versionId;
}

async function profilesOf(
  ctx: Context,
  versionIds: (string | undefined)[],
  known: readonly LoadedProfile[],
): Promise<Map<string, LoadedProfile>> {
  const profiles = new Map(known.map((profile) => [profile.versionId, profile]));
  const ids = [...new Set(versionIds)].filter((id) => id !== undefined && !profiles.has(id)) as string[];
  for (const [versionId, profileId] of await activeProfiles(ctx.db, ids)) {
    const profile = await loadProfile(ctx.db, profileId);
    if (profile) profiles.set(versionId, profile);
  }
  return profiles;
}
