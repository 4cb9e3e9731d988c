import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import type { MonitorSettings } from "../contract.ts";
import { listFindings } from "../findings/queries.ts";
import { findStates, listSegments } from "../history/queries.ts";
import { activeProfiles, loadProfile } from "../profiles/load-profile.ts";
import { findMonitor } from "../settings/queries.ts";
import { alphasOf } from "./checks/alphas.ts";
import { checkLateLabels } from "./checks/late-labels.ts";
import { type FeatureIntegrity, GetIntegrity, type Integrity } from "./contract.ts";
import { checkEndpoint } from "./evaluate/check-endpoint.ts";
import { checkLog } from "./evaluate/check-log.ts";
import { readLabelWindows } from "./evaluate/read-label-windows.ts";
import { evaluateSpan } from "./evaluate-span.ts";
import { spanOf } from "./ranges.ts";
import { readRowResults } from "./row-rules/read-row-results.ts";

/** Refusals and ids are read from the log, of which a day is enough. */
const logMs = dayMs;
const severityRank = { page: 0, ticket: 1, note: 2 } as const;
const rank = { broken: 0, small: 1, whole: 2, unknown: 3 } as const;

/**
 * Returns the data quality of an endpoint in a range: every check of every feature against the reference of the version that was deployed at
 * its end, and the checks of the complete endpoint. Alerts use the same functions; here they run on the rows of the range.
 * @throws DomainError "not-found"
 */
export async function getIntegrity(ctx: Context, input: GetIntegrity): Promise<Integrity> {
  permit(ctx, "getIntegrity");
  const { endpointId, segment, ...range } = GetIntegrity.parse(input);
  const endpoint = await findEndpointById(ctx, endpointId);
  const now = Date.now();
  const { from, to, endedAt } = spanOf(range, now);
  const span = { from, to };
  const inLog = { from: new Date(Math.max(from.getTime(), to.getTime() - logMs)), to };
  const deployed = (await currentDeployments(ctx, [endpointId], endedAt)).get(endpointId);
  const versionId = deployed?.versionId;
  const { settings } = await findMonitor(ctx, endpointId);
  const [ofEndpoint, ofLog, labels, kept, compared, segments, findings] = await sideBySide(ctx, [
    () => checkEndpoint(ctx, endpointId, { ...inLog, now }, settings),
    async () => (versionId ? checkLog(ctx, { endpointId, versionId, ...inLog }, settings.rules) : []),
    () => readLabelWindows(ctx, endpointId, now),
    () => readRowResults(ctx, endpointId, span),
    () => compare(ctx, { endpointId, versionId, segment, ...span }, settings),
    () => listSegments(ctx, { endpointId, ...span }),
    () => listFindings(ctx, { endpointId, watchers: ["integrity"] }),
  ]);
  return {
    endpoint: { id: endpointId, name: endpoint.name },
    version: deployed ? { id: deployed.versionId, model: deployed.modelName, version: deployed.version } : null,
    ...compared,
    range: span,
    kept,
    checks: [...ofEndpoint, ...ofLog, checkLateLabels(labels)].sort((a, b) => rank[a.state] - rank[b.state]),
    segments: segments.map((one) => one.segment),
    findings: findings.toSorted((a, b) => severityRank[a.severity] - severityRank[b.severity]),
  };
}

interface Compared {
  withoutReference: string | null;
  profileId: string | null;
  referenceRows: number;
  rows: number;
  features: FeatureIntegrity[];
}

interface Requested {
  endpointId: string;
  versionId: string | undefined;
  segment: string;
  from: Date;
  to: Date;
}

async function compare(
  ctx: Context,
  { versionId, ...request }: Requested,
  settings: MonitorSettings,
): Promise<Compared> {
  const without = (why: string): Compared => ({
    withoutReference: why,
    profileId: null,
    referenceRows: 0,
    rows: 0,
    features: [],
  });
  if (!versionId) return without("No version is deployed to this endpoint yet.");
  const profileId = (await activeProfiles(ctx.db, [versionId])).get(versionId);
  const profile = profileId ? await loadProfile(ctx.db, profileId) : undefined;
  if (!profile) {
    return without("The version has no reference, so features are not counted. Create one on the version's page.");
  }
  const read = await findStates(ctx, { ...request, versionId, profileId: profile.id, scores: false });
  const { features } = profile;
  const alphas = alphasOf(features, settings, "day");
  const verdicts = read ? evaluateSpan({ features, state: read.state, alphas, limits: settings.limits }) : [];
  return {
    withoutReference: null,
    profileId: profile.id,
    referenceRows: profile.rows,
    rows: read?.rows ?? 0,
    features: verdicts.toSorted((a, b) => rank[a.state] - rank[b.state]),
  };
}
