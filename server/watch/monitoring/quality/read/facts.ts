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

/** Common source of the sentences, tiles, charts and tables about an endpoint's quality, so that they all agree. */
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
  /** Range read by minutes instead of hours. */
  fine: { from: number; to: number } | null;
  /** Stored hours, some replaced by their minutes. */
  counted: StoredSpan[];
  expectations: Expectations;
  maturity: Maturity;
  objective: QualityObjective | null;
  /** Profile of the newest version, or of the requested one. */
  profile: LoadedProfile | null;
  /** By version: profile that calibrates the scores of labelled rows. */
  profileOf: ReadonlyMap<string, LoadedProfile>;
}

/**
 * Reads the facts of a time range, from the start of a step. The caller has checked permissions. @throws DomainError "not-found", "invalid"
 */
export async function readFacts(ctx: Context, input: GetQuality, now = Date.now()): Promise<QualityFacts> {
  const query = GetQuality.parse(input);
  const endpoint = await findEndpointById(ctx, query.endpointId);
  const [facts] = await readFactsOf(ctx, [endpoint], query, now);
  return facts as QualityFacts;
}
