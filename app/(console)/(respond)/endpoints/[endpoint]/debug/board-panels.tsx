import { denialReason } from "#app/_lib/denial-reason.ts";
import { BatchingPanel } from "#components/respond/debug/batching-panel.tsx";
import { changeMarkers } from "#components/respond/debug/change-markers.ts";
import { comparedSpan, comparisonLabels, type DebugState } from "#components/respond/debug/debug-state.ts";
import { GatewaysPanel } from "#components/respond/debug/gateways-panel.tsx";
import { LatencyPanel } from "#components/respond/debug/latency-panel.tsx";
import { RequestsPanel } from "#components/respond/debug/requests-panel.tsx";
import { RulesPanel } from "#components/respond/debug/rules-panel.tsx";
import { SegmentsPanel } from "#components/respond/debug/segments-panel.tsx";
import { TrafficPanels } from "#components/respond/debug/traffic-panels.tsx";
import { ReplayFailuresPanel } from "#components/serve/predictions/replay-failures-panel.tsx";
import { StaleLine } from "#components/ui/states.tsx";
import { toWire } from "#components/ui/wire.ts";
import type { Context } from "#server/base/context.ts";
import { listVersions } from "#server/develop/registry/versions/queries.ts";
import { listChanges } from "#server/respond/changes/queries.ts";
import { getBatching } from "#server/respond/debug/batching-queries.ts";
import { getLatencyHeatMap } from "#server/respond/debug/heat-map-queries.ts";
import { compareSegments } from "#server/respond/debug/segment-queries.ts";
import { stepSecondsOf } from "#server/respond/debug/step-seconds.ts";
import { listWatchingRules } from "#server/respond/debug/watching-queries.ts";
import type { EndpointDetails } from "#server/serve/endpoints/contract.ts";
import { listPredictions } from "#server/serve/predictions/queries.ts";
import { getEndpointSeries } from "#server/serve/series/queries.ts";
import { replayFailuresAction } from "../../../../(serve)/endpoints/[endpoint]/actions.ts";
import { signaturesOf } from "../../../../(serve)/endpoints/[endpoint]/signatures-of.ts";
import { driftPanels, qualityPanels } from "./monitoring-panels.tsx";
import { Part } from "./panel-part.tsx";

interface BoardPanelsProps {
  ctx: Context;
  endpoint: EndpointDetails;
  state: DebugState;
  hrefOf: (id: string) => string;
}

const shownRequests = 12;
const maxVersions = 50;

/** Renders the panels of the board. Each is loaded separately: one that fails does not affect the others, and none waits for another. */
export async function BoardPanels({ ctx, endpoint, state, hrefOf }: BoardPanelsProps) {
  const { id: endpointId, name, history, current, gateways } = endpoint;
  const span = { endpointId, from: new Date(state.from), to: new Date(state.to) };
  const changes = await listChanges(ctx, { ...span, limit: 100 });
  const common = { endpoint: name, state, markers: changeMarkers(toWire(changes)) };
  // A range that ends now moves with every refresh: its panel is kept, with the user's state in it.
  const shown = state.shown.key;
  const names = new Map(history.map(({ versionId, modelName, version }) => [versionId, `${modelName} v${version}`]));
  return (
    <>
      <Part key={`traffic ${shown} ${state.compare}`} title="Traffic" height={210}>
        {async () => {
          const { compared, why } = await readCompared(ctx, endpoint, state);
          const traffic = await readTraffic(ctx, span);
          return (
            <>
              {why && <StaleLine>{why}</StaleLine>}
              <TrafficPanels {...common} servingId={current?.versionId} traffic={toWire(traffic)} compared={compared} />
            </>
          );
        }}
      </Part>
      <Part title="Latency distribution" height={270}>
        {async () => <LatencyPanel {...common} map={toWire(await getLatencyHeatMap(ctx, span))} />}
      </Part>
      <Part title="Requests" height={320}>
        {async () => {
          const { cell } = state;
          const within = cell
            ? {
                from: new Date(cell.from),
                to: new Date(cell.to),
                latencyMsFrom: cell.fromMs,
                latencyMsBelow: cell.toMs,
              }
            : { from: span.from, to: span.to };
          const read = (more: object) =>
            listPredictions(ctx, { endpointId, ...within, ...more, limit: shownRequests, tensors: "small" });
          const failed = await read({ failed: true });
          const kept = await read({});
          const signatures = await signaturesOf(ctx, history);
          return (
            <>
              <RequestsPanel
                endpoint={name}
                state={state}
                signatures={signatures}
                hrefOf={hrefOf}
                requests={toWire(kept.predictions)}
                failed={toWire(failed.predictions)}
              />
              {failed.predictions.length > 0 && (await replayPanel(ctx, endpoint, within))}
            </>
          );
        }}
      </Part>
      <Part title="Segments" height={260}>
        {async () => (
          <SegmentsPanel
            endpoint={name}
            state={state}
            comparison={await compareSegments(ctx, { ...span, a: state.a, b: state.b })}
          />
        )}
      </Part>
      <Part key={`drift ${state.from} ${state.to} ${state.feature}`} title="Drift" height={300}>
        {() => driftPanels(ctx, endpoint, state)}
      </Part>
      <Part key={`quality ${state.from} ${state.to}`} title="Quality" height={300}>
        {() => qualityPanels(ctx, endpoint, state)}
      </Part>
      <Part title="Latency breakdown" height={200}>
        {async () => <BatchingPanel {...common} batching={toWire(await getBatching(ctx, span))} />}
      </Part>
      <GatewaysPanel gateways={gateways} names={names} />
      <Part title="Why this did or did not alert" height={200}>
        {async () => <RulesPanel rules={(await listWatchingRules(ctx, { endpointId })).rules} />}
      </Part>
    </>
  );
}

/** Returns the panel that replays failed requests, unless no version can run them. */
async function replayPanel(
  ctx: Context,
  { id: endpointId, name, current, history }: EndpointDetails,
  { from, to }: { from: Date; to: Date },
) {
  if (!current) return null;
  const versions = await listVersions(ctx, { name: current.modelName, limit: maxVersions });
  const choices = versions
    .filter(({ inspection }) => inspection === "servable")
    .map(({ id, version }) => ({ versionId: id, version, isSame: id === current.versionId }));
  const isChoice = (id: string) => choices.some(({ versionId }) => versionId === id);
  // What served before is what a rollback would lead to.
  const before = history.find(({ versionId }) => versionId !== current.versionId && isChoice(versionId));
  const usual = before?.versionId ?? choices[0]?.versionId;
  if (usual === undefined) return null;
  return (
    <ReplayFailuresPanel
      endpoint={name}
      range={{ from: from.toISOString(), to: to.toISOString() }}
      choices={choices}
      usual={usual}
      disabledReason={denialReason(ctx.actor.role, "replayFailures")}
      replay={replayFailuresAction.bind(null, endpointId)}
    />
  );
}

function readTraffic(ctx: Context, span: { endpointId: string; from: Date; to: Date }) {
  return getEndpointSeries(ctx, { ...span, stepSeconds: stepSecondsOf(span.from, span.to) });
}

async function readCompared(ctx: Context, { id: endpointId, history }: EndpointDetails, state: DebugState) {
  const other = comparedSpan(state, toWire(history));
  if (other === undefined || typeof other === "string") return { why: other };
  const span = { endpointId, from: new Date(other.from), to: new Date(other.to) };
  const traffic = toWire(await readTraffic(ctx, span));
  return { compared: { traffic, shift: other.shift, label: comparisonLabels[state.compare] } };
}
