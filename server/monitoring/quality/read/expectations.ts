import type { Context } from "#server/context.ts";
import { readStateSeries } from "../../history/queries.ts";
import { type LoadedProfile, loadProfile } from "../../profiles/load-profile.ts";
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
  profiles: LoadedProfile[];
}

/**
 * What calibrated scores let expect of all that was answered, step by step: each version by its own reference. Steps without scores are
 * absent. For who was let in already.
 */
export async function readExpectations(ctx: Context, asked: Asked, reading: Reading): Promise<Expectations> {
  const steps = new Map<number, Expectation[]>();
  const profiles: LoadedProfile[] = [];
  for (const { versionId, profileId } of await statedVersions(ctx, asked)) {
    const profile = await loadProfile(ctx.db, profileId);
    if (!profile) continue;
    profiles.push(profile);
    if (reading.taskKind === "regression") continue;
    const series = await readStateSeries(ctx, { ...asked, versionId, profileId, features: [] });
    for (const { start, state } of series?.points ?? []) {
      if (state.scores.size === 0) continue;
      const expected = expectationOf(state.scores, profile.calibration, reading);
      steps.set(start.getTime(), [...(steps.get(start.getTime()) ?? []), expected]);
    }
  }
  return { steps: new Map([...steps].map(([at, all]) => [at, addExpectations(all)])), profiles };
}
