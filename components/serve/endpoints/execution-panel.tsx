import { Panel } from "#components/ui/panel.tsx";
import type { EndpointDetails } from "#server/serve/endpoints/contract.ts";
import type { LoadedVersion } from "#server/serve/gateways/contract.ts";
import { ExecutionForm } from "./execution-form.tsx";

interface ExecutionPanelProps {
  endpoint: EndpointDetails;
  why: string | undefined;
  save: Parameters<typeof ExecutionForm>[0]["save"];
}

/** Renders batching, queue and time limit of an endpoint, and whether its version actually batches. */
export function ExecutionPanel({ endpoint, why, save }: ExecutionPanelProps) {
  const { id, execution, current, gateways } = endpoint;
  const loaded = gateways.flatMap(({ versions }) => versions.filter((each) => each.versionId === current?.versionId));
  return (
    <Panel id="execution" title="Execution" subtitle={subtitle(loaded)}>
      <ExecutionForm
        // A change by someone else replaces the values in the form.
        key={JSON.stringify(execution)}
        endpointId={id}
        settings={execution}
        why={endpoint.archivedAt ? "archived" : why}
        save={save}
      />
    </Panel>
  );
}

function subtitle(loaded: LoadedVersion[]): string {
  const batched = loaded.find(({ batching }) => batching);
  if (!batched?.batching) return "not loaded yet";
  const { maxBatchSize, reason } = batched.batching;
  if (batched.engine)
    return `on ${batched.engine.name}, which does its own batching; queue limit and timeout still apply`;
  const where = batched.place === "process" ? "in an isolated process" : "in threads";
  if (reason) return `${where}, one request at a time: ${reason}`;
  return maxBatchSize > 1 ? `${where}, batches of up to ${maxBatchSize} rows` : `${where}, one request at a time`;
}
