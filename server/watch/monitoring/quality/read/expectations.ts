import type { Context } from "#server/base/context.ts";
import type { StateSeries } from "../../history/contract.ts";
import { readSeries, type SeriesOf } from "../../history/read-series.ts";
import type { LoadedProfile } from "../../profiles/load-profile.ts";
import type { Metrics } from "../contract.ts";
import { lossEstimates, mergeLosses } from "../losses/loss-estimates.ts";
import { addExpectations, type Expectation, expectationOf } from "../measures/expectation.ts";
import type { Reading } from "../measures/realised.ts";

interface Steps {
  segment: string;
  from: Date;
  to: Date;
  stepMs: number;
}

/** Endpoint with the references that its predictions were counted by. */
export interface Expecting {
  endpointId: string;
  reading: Reading;
  profiles: readonly LoadedProfile[];
}

/** Expectations by step. */
export interface Expectations {
  steps: Map<number, Expectation>;
  /** For numeric predictions: expected errors by step. */
  losses: Map<number, Metrics>;
}

/**
 * Reads expected outcomes from calibrated scores for all predictions of each endpoint, step by step, in the order of the endpoints: each
 * version by its own reference. Steps without scores are absent. The caller has checked permissions.
 */
export async function readExpectations(
  ctx: Context,
  endpoints: readonly Expecting[],
  { segment, ...steps }: Steps,
): Promise<Expectations[]> {
  const request = endpoints.flatMap(({ endpointId, reading, profiles }, index) =>
    profiles.flatMap((profile) => {
      const wanted = wantedOf(reading, profile);
      const { id: profileId, versionId } = profile;
      const key = { workspaceId: ctx.actor.workspaceId, endpointId, versionId, profileId, segment };
      return wanted ? [{ index, profile, key: { ...key, arms: ["stable", "canary"], wanted } }] : [];
    }),
  );
  const series = await readSeries(
    ctx.db,
    request.map(({ key }) => key),
    steps,
  );
  const ofEndpoint = Map.groupBy(
    request.map(({ index, profile }, at) => ({ index, profile, points: series[at] ?? [] })),
    ({ index }) => index,
  );
  return endpoints.map(({ reading }, index) => expectationsFrom(ofEndpoint.get(index) ?? [], reading));
}

/** Selects scores; for regression, the features that losses are learned from, or nothing if the reference has no labelled rows. */
function wantedOf(reading: Reading, { quality, features }: LoadedProfile): SeriesOf["wanted"] | undefined {
  if (reading.taskKind !== "regression") return { features: new Set(), scores: true };
  const learnt = quality?.losses;
  if (!learnt) return undefined;
  const names = new Set([...Object.keys(learnt.absolute.effects), ...Object.keys(learnt.squared.effects)]);
  const indices = features.flatMap(({ name }, index) => (names.has(name) ? [index] : []));
  return { features: new Set(indices), scores: false };
}

function expectationsFrom(
  versions: readonly { profile: LoadedProfile; points: StateSeries["points"] }[],
  reading: Reading,
): Expectations {
  const steps = new Map<number, Expectation[]>();
  const losses = new Map<number, Metrics[]>();
  const add = <One>(to: Map<number, One[]>, start: Date, one: One) =>
    to.set(start.getTime(), [...(to.get(start.getTime()) ?? []), one]);
  for (const { profile, points } of versions) {
    for (const { start, state } of points) {
      if (reading.taskKind !== "regression") {
        if (state.scores.size > 0) add(steps, start, expectationOf(state.scores, profile.calibration, reading));
      } else if (profile.quality?.losses) {
        add(losses, start, lossEstimates(profile.quality.losses, profile.features, state));
      }
    }
  }
  return {
    steps: new Map([...steps].map(([at, all]) => [at, addExpectations(all)])),
    losses: new Map([...losses].map(([at, all]) => [at, mergeLosses(all)])),
  };
}
