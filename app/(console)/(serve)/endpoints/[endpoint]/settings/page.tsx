import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { ServicePage } from "#app/_service/service-page.tsx";
import { CascadeForm } from "#components/release/endpoints/cascade-form.tsx";
import { ExecutionPanel } from "#components/serve/endpoints/execution-panel.tsx";
import { CacheForm } from "#components/serve/endpoints/settings/cache-form.tsx";
import { CaptureForm } from "#components/serve/endpoints/settings/capture-form.tsx";
import { FieldContracts } from "#components/serve/endpoints/settings/field-contracts.tsx";
import { LimitsForm } from "#components/serve/endpoints/settings/limits-form.tsx";
import { RetainedVersionsForm } from "#components/serve/endpoints/settings/retained-versions-form.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { MonitorForm } from "#components/watch/monitoring/drift/monitor-form.tsx";
import type { Context } from "#server/base/context.ts";
import { listModels } from "#server/develop/registry/models/queries.ts";
import { getPipeline } from "#server/develop/registry/pipeline/queries.ts";
import type { ModelVersion } from "#server/develop/registry/versions/contract.ts";
import { getVersion } from "#server/develop/registry/versions/queries.ts";
import { getCache } from "#server/serve/cache/cache-queries.ts";
import { getCapture } from "#server/serve/capture/capture-queries.ts";
import { getCascade } from "#server/serve/cascade/cascade-queries.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { getProtection } from "#server/serve/protection/protection-queries.ts";
import { getMonitor } from "#server/watch/monitoring/settings/queries.ts";
import { setMonitorAction } from "../../../../(watch)/endpoints/[endpoint]/drift/actions.ts";
import { saveExecutionAction } from "../../actions.ts";
import {
  setCacheAction,
  setCaptureAction,
  setCascadeAction,
  setProtectionAction,
  setVersionsKeptAction,
} from "./actions.ts";

export async function generateMetadata({ params }: PageProps<"/endpoints/[endpoint]/settings">) {
  return { title: `Settings, ${decodeURIComponent((await params).endpoint)}, Endpoints` };
}

export default async function EndpointSettingsPage({ params }: PageProps<"/endpoints/[endpoint]/settings">) {
  const name = decodeURIComponent((await params).endpoint);
  const ctx = await requireContext();
  const endpoint = await found(getEndpoint(ctx, { name }));
  const { id: endpointId, current, archivedAt, previousVersionsLoaded } = endpoint;
  const protection = await getProtection(ctx, { endpointId });
  const served = current && (await getVersion(ctx, { name: current.modelName, version: current.version }));
  const cache = await getCache(ctx, { endpointId });
  const capture = await getCapture(ctx, { endpointId });
  const cascade = await getCascade(ctx, { endpointId });
  const monitor = await getMonitor(ctx, { endpointId });
  const models = await listModels(ctx, { limit: 200 });
  const inputs = served?.signature?.inputs ?? [];
  const through = await pipelineOf(ctx, served);
  const disabledReason = archivedAt ? "archived" : denialReason(ctx.actor.role, "setProtection");
  const common = { protection, disabledReason, action: setProtectionAction.bind(null, endpointId) };
  return (
    <ServicePage ctx={ctx} endpoint={endpoint} tab="settings" help="deploy#endpoint-settings" updates="none">
      <ExecutionPanel
        endpoint={endpoint}
        why={denialReason(ctx.actor.role, "updateEndpoint")}
        save={saveExecutionAction}
      />
      <Panel id="limits" title="Limits" subtitle="per token and per request">
        <LimitsForm {...common} key={JSON.stringify(protection)} />
      </Panel>
      <Panel id="cache" title="Cache" subtitle="reuse responses and coalesce identical requests">
        <CacheForm
          cache={cache}
          disabledReason={disabledReason}
          action={setCacheAction.bind(null, endpointId)}
          key={JSON.stringify(cache)}
        />
      </Panel>
      <Panel id="capture" title="Prediction log" subtitle="which requests are logged, and how much of each">
        <CaptureForm
          capture={capture}
          inputs={namesOf(inputs, through.inputs)}
          outputs={namesOf(served?.signature?.outputs ?? [], through.outputs)}
          disabledReason={disabledReason}
          action={setCaptureAction.bind(null, endpointId)}
          key={JSON.stringify(capture)}
        />
      </Panel>
      <Panel id="cascade" title="Cascade" subtitle="start with a small model, escalate to larger ones">
        <CascadeForm
          cascade={cascade}
          first={current && `${current.modelName} v${current.version}`}
          outputs={(served?.signature?.outputs ?? []).map(({ name }) => name)}
          models={models.map(({ name }) => name)}
          disabledReason={disabledReason}
          action={setCascadeAction.bind(null, endpointId)}
          key={JSON.stringify(cascade)}
        />
      </Panel>
      <Panel id="versions" title="Versions" subtitle="besides the current one">
        <RetainedVersionsForm
          previousVersionsLoaded={previousVersionsLoaded}
          disabledReason={disabledReason}
          action={setVersionsKeptAction.bind(null, endpointId)}
          key={previousVersionsLoaded}
        />
      </Panel>
      <FieldContracts {...common} inputs={inputs} />
      <Panel
        id="monitoring"
        title="Monitoring"
        subtitle={`drift, quality and fairness of its predictions; ${monitor.updatedBy ? `last changed by ${monitor.updatedBy}` : "default settings"}`}
      >
        <MonitorForm
          endpointId={endpointId}
          settings={monitor.settings}
          revision={monitor.revision}
          inputs={inputs.flatMap(({ name }) => (name ? [name] : []))}
          action={setMonitorAction}
          disabledReason={archivedAt ? "archived" : denialReason(ctx.actor.role, "setMonitor")}
          key={monitor.revision}
        />
      </Panel>
    </ServicePage>
  );
}

type Named = { name: string };

/** Returns the inputs and outputs of a version's pipeline. */
async function pipelineOf(ctx: Context, served: ModelVersion | null): Promise<Record<"inputs" | "outputs", Named[]>> {
  if (!served?.pipelineDigest) return { inputs: [], outputs: [] };
  return getPipeline(ctx, { name: served.modelName, version: served.version });
}

function namesOf(...lists: Named[][]): string[] {
  return [...new Set(lists.flat().map(({ name }) => name))];
}
