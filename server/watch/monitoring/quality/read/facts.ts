import type { Context } from "#server/base/context.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import type { MonitorSettings } from "../../contract.ts";
import type { LoadedProfile } from "../../profiles/load-profile.ts";
import { GetQuality, type Maturity, type QualityObjective } from "../contract.ts";
import type { Reading } from "../measures/realised.ts";
import type { QualityMetric } from "../metrics/contract.ts";
import type { StoredSpan } from "./counted-spans.ts";
import type { Expectations } from "./expectations.ts";
import { readFactsOf } from "./facts-of-endpoints.ts";

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

/** Reads the facts of a span, from the start of a step on. For who was let in already. @throws DomainError "not-found", "invalid" */
export async function readFacts(ctx: Context, input: GetQuality, now = Date.now()): Promise<QualityFacts> {
  const query = GetQuality.parse(input);
  const endpoint = await findEndpointById(ctx, query.endpointId);
  const [facts] = await readFactsOf(ctx, [endpoint], query, now);
  return facts as QualityFacts;
}
