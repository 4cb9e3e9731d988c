import type { Context } from "#server/context.ts";
import { dayMs, hourMs } from "#server/durations.ts";
import { currentDeployments } from "#server/serving/deployment-rows.ts";
import { findEndpointById } from "#server/serving/lookups.ts";
import type { MonitorSettings } from "../../contract.ts";
import { activeProfiles, type LoadedProfile, loadProfile } from "../../profiles/load-profile.ts";
import { findMonitor } from "../../settings/queries.ts";
import { GetQuality, type Maturity, type QualityObjective } from "../contract.ts";
import { mergeCounts } from "../counts/merge-counts.ts";
import { isByMinutes, minutesSince } from "../counts/minutes.ts";
import { maturityFrom } from "../measures/maturity.ts";
import type { Reading } from "../measures/realised.ts";
import { metricFor, type QualityMetric } from "../metrics/contract.ts";
import { fineSpan, readCounted, type StoredSpan } from "./counted-spans.ts";
import { type Expectations, readExpectations } from "./expectations.ts";
import { readLabelLags } from "./label-lags.ts";
import { findObjective } from "./objective.ts";
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
  /** Where minutes are read in the place of hours. */
  fine: { from: number; to: number } | null;
  /** Hours as they were counted, and minutes in the place of some. */
  counted: StoredSpan[];
  expectations: Expectations;
  maturity: Maturity;
  objective: QualityObjective | null;
  /** Of the newest version, or the one that was asked for. */
  profile: LoadedProfile | null;
  /** By version: how the scores of labelled rows are calibrated. */
  profileOf: ReadonlyMap<string, LoadedProfile>;
}

const fiveMinutesMs = 5 * 60_000;

/**
 * Days by hours, months by days: as much as a chart can show, in steps that states are kept by. Half a day goes by the windows of five minutes
 * where those are watched.
 */
function stepFor({ from, to, settings, now }: Pick<QualityFacts, "from" | "to" | "settings" | "now">): number {
  if (isByMinutes(settings) && to - from <= dayMs / 2 && from >= minutesSince(now)) return fiveMinutesMs;
  return to - from <= 3 * dayMs ? hourMs : dayMs;
}

/** Reads the facts of a span, from the start of a step on. For who was let in already. @throws DomainError "not-found", "invalid" */
export async function readFacts(ctx: Context, input: GetQuality, now = Date.now()): Promise<QualityFacts> {
  const asked = GetQuality.parse(input);
  const { endpointId, segment, versionId } = asked;
  const { name: endpoint } = await findEndpointById(ctx, endpointId);
  const { settings } = await findMonitor(ctx, endpointId);
  const to = asked.to.getTime();
  const stepMs = stepFor({ from: asked.from.getTime(), to, settings, now });
  const from = Math.floor(asked.from.getTime() / stepMs) * stepMs;
  const span = { endpointId, versionId, segment, from: new Date(from), to: asked.to };
  const maturity = maturityFrom(await readLabelLags(ctx, endpointId, now), settings.maturityMs, now);
  const fine = fineSpan({ settings, from, to, stepMs, horizonMs: maturity.horizonMs, now });
  const counted = await readCounted(ctx, { ...span, fine });
  const newest = versionId ?? (await newestVersion(ctx, span, counted));
  const reading = await readingOf(ctx, newest, settings, mergeCounts(counted.map(({ counts }) => counts)));
  const metric = metricFor(reading.taskKind, asked.metric);
  const expectations = await readExpectations(ctx, { ...span, stepMs }, reading);
  const profileOf = await profilesOf(ctx, [newest, ...counted.map((one) => one.versionId)], expectations.profiles);
  return {
    ...{ endpointId, endpoint, from, to, now, stepMs, settings, reading, metric, fine, counted },
    ...{ expectations, maturity, profileOf },
    objective: await findObjective(ctx, endpointId, metric),
    profile: (newest && profileOf.get(newest)) || null,
  };
}

/** What is deployed; else what was counted last, by the log or by its state. */
async function newestVersion(
  ctx: Context,
  span: Parameters<typeof statedVersions>[1],
  counted: StoredSpan[],
): Promise<string | undefined> {
  const deployed = (await currentDeployments(ctx, [span.endpointId])).get(span.endpointId);
  return deployed?.versionId ?? counted.at(-1)?.versionId ?? (await statedVersions(ctx, span))[0]?.versionId;
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
