import { hourMs } from "#server/base/durations.ts";
import { archiveEndpoint } from "#server/release/endpoints/archive-endpoint.ts";
import { listVersionBlocks } from "#server/release/endpoints/blocks/queries.ts";
import { unblockVersion } from "#server/release/endpoints/blocks/unblock-version.ts";
import { setCascade } from "#server/release/endpoints/cascade/set-cascade.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { getCache } from "#server/serve/cache/cache-queries.ts";
import { CacheSettings } from "#server/serve/cache/contract.ts";
import { setCache } from "#server/serve/cache/set-cache.ts";
import { getCapture } from "#server/serve/capture/capture-queries.ts";
import { CaptureSettings } from "#server/serve/capture/contract.ts";
import { setCapture } from "#server/serve/capture/set-capture.ts";
import { getCascade } from "#server/serve/cascade/cascade-queries.ts";
import { Cascade } from "#server/serve/cascade/contract.ts";
import { getCascadeReport } from "#server/serve/cascade/report-queries.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { getEndpoint, listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { loadEndpoint } from "#server/serve/endpoints/load-endpoint.ts";
import { unloadEndpoint } from "#server/serve/endpoints/unload-endpoint.ts";
import { updateEndpoint } from "#server/serve/endpoints/update-endpoint.ts";
import { getLabelCounts } from "#server/serve/labels/label-queries.ts";
import { recordLabels } from "#server/serve/labels/record-labels.ts";
import { cancelLoadTest } from "#server/serve/load-test/cancel-load-test.ts";
import { LoadTestSettings } from "#server/serve/load-test/contract.ts";
import { getLoadTest, listLoadTests } from "#server/serve/load-test/queries.ts";
import { resumeLoadTests } from "#server/serve/load-test/resume-load-tests.ts";
import { runLoadTest } from "#server/serve/load-test/run-load-test.ts";
import { startLoadTest } from "#server/serve/load-test/start-load-test.ts";
import { readLabelledPredictions } from "#server/serve/predictions/labelled-predictions.ts";
import { getPrediction, listPredictions } from "#server/serve/predictions/queries.ts";
import { Protection } from "#server/serve/protection/contract.ts";
import { getProtection, getViolations } from "#server/serve/protection/protection-queries.ts";
import { setProtection } from "#server/serve/protection/set-protection.ts";
import { GatewayCore } from "#server/serve/router/gateway-core.ts";
import { getEndpointSeries } from "#server/serve/series/queries.ts";
import type { Calls } from "./call.ts";

const hour = { from: new Date(Date.now() - hourMs), to: new Date(), stepSeconds: 60 };

const oneStep = LoadTestSettings.parse({ rates: [1] });

/** Endpoints, deployments, predictions, inference. */
export const servingCalls = {
  listEndpoints: (ctx) => listEndpoints(ctx),
  getEndpoint: (ctx, { endpoint }) => getEndpoint(ctx, { name: endpoint }),
  getEndpointSeries: (ctx, { endpointId }) => getEndpointSeries(ctx, { endpointId, ...hour }),
  listPredictions: (ctx, { endpointId }) => listPredictions(ctx, { endpointId }),
  readLabelledPredictions: async (ctx, { endpointId: endpoint }) => {
    const range = { from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z", time: "request" as const, inputs: [] };
    await readLabelledPredictions(ctx, { endpoint, ...range }, []).next();
  },
  getPrediction: (ctx, { predictionId }) => getPrediction(ctx, { id: predictionId }),
  getLabelCounts: (ctx, { endpointId }) => getLabelCounts(ctx, { endpointId }),
  getProtection: (ctx, { endpointId }) => getProtection(ctx, { endpointId }),
  getViolations: (ctx, { endpointId }) => getViolations(ctx, { endpointId, from: hour.from, to: hour.to }),
  setProtection: (ctx, { endpointId }) =>
    setProtection(ctx, { endpointId, protection: Protection.parse({ requestsPerSecond: 5 }) }),
  getCache: (ctx, { endpointId }) => getCache(ctx, { endpointId }),
  setCache: (ctx, { endpointId }) => setCache(ctx, { endpointId, cache: CacheSettings.parse({ ttlSeconds: 60 }) }),
  getCapture: (ctx, { endpointId }) => getCapture(ctx, { endpointId }),
  setCapture: (ctx, { endpointId }) => setCapture(ctx, { endpointId, capture: CaptureSettings.parse({ share: 0.5 }) }),
  getCascade: (ctx, { endpointId }) => getCascade(ctx, { endpointId }),
  getCascadeReport: (ctx, { endpointId }) => getCascadeReport(ctx, { endpointId, from: hour.from, to: hour.to }),
  setCascade: (ctx, { endpointId }) => setCascade(ctx, { endpointId, cascade: Cascade.parse({}) }),
  createEndpoint: (ctx) => createEndpoint(ctx, { name: "another-endpoint" }),
  updateEndpoint: (ctx, { endpointId }) => updateEndpoint(ctx, { endpointId, description: "x" }),
  archiveEndpoint: (ctx, { endpointId }) => archiveEndpoint(ctx, { endpointId, reason: "old" }),
  loadEndpoint: (ctx, { endpointId }) => loadEndpoint(ctx, { endpointId }),
  unloadEndpoint: (ctx, { endpointId }) => unloadEndpoint(ctx, { endpointId, reason: "idle" }),
  listLoadTests: (ctx, { endpointId }) => listLoadTests(ctx, { endpointId }),
  getLoadTest: (ctx, { endpointId, loadTestId: id }) => getLoadTest(ctx, { endpointId, id }),
  startLoadTest: (ctx, { endpointId, version }) =>
    startLoadTest(ctx, { endpointId, version, settings: oneStep, confirmsLive: true }),
  cancelLoadTest: (ctx, { endpointId, loadTestId: id }) => cancelLoadTest(ctx, { endpointId, id }),
  // Nothing listens at this address, so the test fails immediately.
  runLoadTest: (ctx, { loadTestId }) => runLoadTest(ctx, loadTestId, { gatewayUrl: "http://127.0.0.1:1" }),
  resumeLoadTests: (ctx) => resumeLoadTests(ctx),
  listVersionBlocks: (ctx, { endpointId }) => listVersionBlocks(ctx, { endpointId }),
  unblockVersion: (ctx, { endpointId, model, version }) =>
    unblockVersion(ctx, { endpointId, model, version, reason: "fixed" }),
  deployVersion: (ctx, { endpointId, model, version }) =>
    deployVersion(ctx, { endpointId, model, version, reason: "again" }),
  recordLabels: (ctx, { endpointId }) => recordLabels(ctx, { endpointId, labels: [{ requestId: "1", label: "3" }] }),
  // Only the lookup of an endpoint in the gateway: its models have tests of their own.
  infer: (ctx, { endpoint }) =>
    GatewayCore.prototype.version.call(
      { table: { find: () => undefined, of: () => ({ unloaded: [] }) } } as never,
      ctx,
      endpoint,
    ),
} as const satisfies Calls;
