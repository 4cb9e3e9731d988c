import { markAnalysisFailed } from "#server/watch/monitoring/analyses/mark-analysis-failed.ts";
import { getAnalysis, listAnalyses } from "#server/watch/monitoring/analyses/queries.ts";
import { requestAnalysis } from "#server/watch/monitoring/analyses/request-analysis.ts";
import { runAnalysis } from "#server/watch/monitoring/analyses/run-analysis.ts";
import { getDrift } from "#server/watch/monitoring/drift/report/get-drift.ts";
import { getDriftHistory } from "#server/watch/monitoring/drift/report/get-drift-history.ts";
import { getFeatureDrift } from "#server/watch/monitoring/drift/report/get-feature-drift.ts";
import { listDrift } from "#server/watch/monitoring/drift/report/list-drift.ts";
import { markExpected } from "#server/watch/monitoring/expected/mark-expected.ts";
import { listExpected } from "#server/watch/monitoring/expected/queries.ts";
import { revokeExpected } from "#server/watch/monitoring/expected/revoke-expected.ts";
import { readStates } from "#server/watch/monitoring/history/queries.ts";
import { getMonitor } from "#server/watch/monitoring/settings/queries.ts";
import { setMonitor } from "#server/watch/monitoring/settings/set-monitor.ts";
import type { Calls } from "./call.ts";

const reason = "x";
/** Runs nothing. */
const models = {
  leaseVersion: async () => {
    throw new Error("There are no versions to run.");
  },
};

/** Calls on the monitoring of endpoints: references, drift, data quality, quality, findings. */
export const monitoringCalls = {
  getMonitor: (ctx, { endpointId }) => getMonitor(ctx, { endpointId }),
  setMonitor: (ctx, { endpointId }) => setMonitor(ctx, { endpointId, settings: {}, reason }),
  listExpected: (ctx, { endpointId }) => listExpected(ctx, { endpointId }),
  markExpected: (ctx, { endpointId }) => markExpected(ctx, { endpointId, feature: "x", reason }),
  revokeExpected: (ctx, { endpointId, expectedMarkId }) =>
    revokeExpected(ctx, { endpointId, markId: expectedMarkId, reason }),
  readStates: (ctx, { endpointId }) => readStates(ctx, { endpointId, from: new Date(0), to: new Date() }),
  listDrift: (ctx) => listDrift(ctx),
  getDrift: (ctx, { endpointId }) => getDrift(ctx, { endpointId }),
  getFeatureDrift: (ctx, { endpointId }) => getFeatureDrift(ctx, { endpointId, feature: "x" }),
  getDriftHistory: (ctx, { endpointId }) => getDriftHistory(ctx, { endpointId }),
  listAnalyses: (ctx) => listAnalyses(ctx, {}),
  getAnalysis: (ctx, { analysisId }) => getAnalysis(ctx, analysisId),
  requestAnalysis: (ctx, { dataset: name, digest }) => {
    const version = { name, digest };
    return requestAnalysis(ctx, { question: { kind: "batch", reference: version, current: version } });
  },
  runAnalysis: (ctx, { analysisId, store }) => runAnalysis(ctx, analysisId, { artifacts: store, models }),
  markAnalysisFailed: (ctx, { analysisId }) => markAnalysisFailed(ctx, { analysisId, reason }),
} as const satisfies Calls;
