import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import type { MonitorSettings } from "../../contract.ts";
import type { LoadedProfile } from "../../profiles/load-profile.ts";
import { settingsByEndpoint } from "../../settings/queries.ts";
import type { GetQuality } from "../contract.ts";
import { isByMinutes, minutesSince } from "../counts/minutes.ts";
import { maturityFrom } from "../measures/maturity.ts";
import type { Reading } from "../measures/realised.ts";
import { metricFor } from "../metrics/constants.ts";
import { fineSpan, readCountedOf, type StoredSpan } from "./counted-spans.ts";
import { type Expectations, readExpectations } from "./expectations.ts";
import type { QualityFacts } from "./facts.ts";
import { readLabelLagsOf } from "./label-lags.ts";
import { findObjectives } from "./objective.ts";
import { readReadings } from "./reading-of.ts";
import { readReferences } from "./references.ts";
import { statedVersionsOf } from "./stated-versions.ts";

type Requested = Omit<ReturnType<typeof GetQuality.parse>, "endpointId">;

interface Endpoint {
  id: string;
  name: string;
  settings: MonitorSettings;
}

const fiveMinutesMs = 5 * minuteMs;

/**
 * Returns the step for a range: hours for days, days for months, which is as much as a chart can show, in steps that match the stored
 * states. Up to half a day uses the five-minute windows, if those are monitored.
 */
function stepFor({ from, to }: Requested, settings: MonitorSettings, now: number): number {
  const lengthMs = to.getTime() - from.getTime();
  if (isByMinutes(settings) && lengthMs <= dayMs / 2 && from.getTime() >= minutesSince(now)) return fiveMinutesMs;
  return lengthMs <= 3 * dayMs ? hourMs : dayMs;
}

/**
 * Reads the facts of endpoints of this workspace, in their order: endpoints with the same step are read with as many statements as a single
 * one. The caller has checked permissions.
 */
export async function readFactsOf(
  ctx: Context,
  endpoints: readonly { id: string; name: string }[],
  request: Requested,
  now: number,
): Promise<QualityFacts[]> {
  const settingsOf = await settingsByEndpoint(
    ctx.db,
    endpoints.map(({ id }) => id),
  );
  const monitored = endpoints.map(({ id, name }) => ({ id, name, settings: settingsOf.get(id) as MonitorSettings }));
  const facts = new Map<string, QualityFacts>();
  for (const [stepMs, own] of Map.groupBy(monitored, ({ settings }) => stepFor(request, settings, now))) {
    for (const one of await readByStep(ctx, own, { ...request, stepMs }, now)) facts.set(one.endpointId, one);
  }
  return endpoints.map(({ id }) => facts.get(id) as QualityFacts);
}

async function readByStep(
  ctx: Context,
  endpoints: readonly Endpoint[],
  { segment, versionId, metric: requested, from: first, to, stepMs }: Requested & { stepMs: number },
  now: number,
): Promise<QualityFacts[]> {
  const ids = endpoints.map(({ id }) => id);
  const from = Math.floor(first.getTime() / stepMs) * stepMs;
  const span = { from, to: to.getTime(), stepMs, now };
  const request = { versionId, segment, from: new Date(from), to };
  const [statedOf, deployed, lagsOf, objectives] = await sideBySide(ctx, [
    () => statedVersionsOf(ctx, ids, request),
    () => currentDeployments(ctx, ids),
    () => readLabelLagsOf(ctx, ids, now),
    () => findObjectives(ctx, ids),
  ]);
  const aged = endpoints.map((endpoint) => {
    const { id, settings } = endpoint;
    const maturity = maturityFrom(lagsOf.get(id) ?? { lags: [], waiting: [] }, settings.maturityMs, now);
    return { ...endpoint, maturity, fine: fineSpan({ settings, ...span, horizonMs: maturity.horizonMs }) };
  });
  const countedOf = await readCountedOf(ctx, aged, request);
  const read = aged.map((endpoint) => {
    const [counted, stated] = [countedOf.get(endpoint.id) ?? [], statedOf.get(endpoint.id) ?? []];
    // Deployed version; else the one counted last, by the log or by its state.
    const serving = versionId ?? deployed.get(endpoint.id)?.versionId;
    return { ...endpoint, counted, stated, newest: serving ?? counted.at(-1)?.versionId ?? stated[0]?.versionId };
  });
  const [references, readings] = await sideBySide(ctx, [
    () => readReferences(ctx, read),
    () => readReadings(ctx, read),
  ]);
  const expecting = read.map(({ id, stated }, index) => ({
    endpointId: id,
    reading: readings[index] as Reading,
    profiles: stated.flatMap(({ profileId }) => references.byId.get(profileId) ?? []),
  }));
  const expectations = await readExpectations(ctx, expecting, { ...request, stepMs });
  return read.map(({ id, name, counted, newest, settings, maturity, fine }, index) => {
    const { reading, profiles } = expecting[index] as (typeof expecting)[number];
    const metric = metricFor(reading.taskKind, requested);
    const profileOf = profilesOf([newest, ...counted.map((one) => one.versionId)], profiles, references.inForce);
    return {
      endpointId: id,
      endpoint: name,
      ...span,
      settings,
      reading,
      metric,
      fine,
      counted,
      maturity,
      profileOf,
      expectations: expectations[index] as Expectations,
      objective: metric === "accuracy" ? (objectives.get(id) ?? null) : null,
      profile: (newest && profileOf.get(newest)) || null,
    };
  });
}

/** Returns profiles by version: those used for counting take precedence over the active ones. */
function profilesOf(
  versionIds: readonly (StoredSpan["versionId"] | undefined)[],
  known: readonly LoadedProfile[],
  inForce: ReadonlyMap<string, LoadedProfile>,
): Map<string, LoadedProfile> {
  const others = versionIds.flatMap((id) => inForce.get(id ?? "") ?? []);
  return new Map([...others, ...known].map((profile) => [profile.versionId, profile]));
}
