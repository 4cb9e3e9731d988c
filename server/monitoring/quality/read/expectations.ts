import type { Context } from "#server/context.ts";
import { readStateSeries } from "../../history/queries.ts";
import { type LoadedProfile, loadProfile } from "../../profiles/load-profile.ts";
import type { Metrics } from "../contract.ts";
import { lossEstimates, mergeLosses } from "../losses/loss-estimates.ts";
import { addExpectations, type Expectation, expectationOf } from "../measures/expectation.ts";
import type { Reading } from "../measures/realised.ts";
import { statedVersions } from "./stated-versions.ts";

interface Asked {
  endpointId: string;
  versionId?: string | undefined;
  segment: string;
  from: Date;
  to: Date;
  stepMs: number;
}

/** What is expected by step, and by which references. */
export interface Expectations {
  steps: Map<number, Expectation>;
  /** Of answers that are numbers: how far off they are expected to be, by step. */
  losses: Map<number, Metrics>;
  profiles: LoadedProfile[];
}

/**
 * What calibrated scores let expect of all that was answered, step by step: each version by its own reference. Steps without scores are
 * absent. For who was let in already.
 */
export async function readExpectations(ctx: Context, asked: Asked, reading: Reading): Promise<Expectations> {
  const steps = new Map<number, Expectation[]>();
  const losses = new Map<number, Metrics[]>();
  const profiles: LoadedProfile[] = [];
  for (const { versionId, profileId } of await statedVersions(ctx, asked)) {
    const profile = await loadProfile(ctx.db, profileId);
    if (!profile) continue;
    profiles.push(profile);
    if (reading.taskKind === "regression") {
      for (const [at, metrics] of await readLosses(ctx, { ...asked, versionId, profileId }, profile)) {
        losses.set(at, [...(losses.get(at) ?? []), metrics]);
      }
      continue;
    }
    const series = await readStateSeries(ctx, { ...asked, versionId, profileId, features: [] });
    for (const { start, state } of series?.points ?? []) {
      if (state.scores.size === 0) continue;
      const expected = expectationOf(state.scores, profile.calibration, reading);
      steps.set(start.getTime(), [...(steps.get(start.getTime()) ?? []), expected]);
    }
  }
  return {
    steps: new Map([...steps].map(([at, all]) => [at, addExpectations(all)])),
    losses: new Map([...losses].map(([at, all]) => [at, mergeLosses(all)])),
    profiles,
  };
}

/** Nothing where the reference has no labelled numbers to learn from. */
async function readLosses(
  ctx: Context,
  asked: Asked & { profileId: string },
  { quality, features }: LoadedProfile,
): Promise<Map<number, Metrics>> {
  const learnt = quality?.losses;
  if (!learnt) return new Map();
  const names = [...new Set([...Object.keys(learnt.absolute.effects), ...Object.keys(learnt.squared.effects)])];
  const series = await readStateSeries(ctx, { ...asked, features: names, scores: false });
  return new Map(
    (series?.points ?? []).map(({ start, state }) => [start.getTime(), lossEstimates(learnt, features, state)]),
  );
}
