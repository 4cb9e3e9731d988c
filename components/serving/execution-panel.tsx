import { Panel } from "#components/ui/panel.tsx";
import type { EndpointDetails, LoadedVersion } from "#server/serving/contract.ts";
import { ExecutionForm } from "./execution-form.tsx";

interface ExecutionPanelProps {
  endpoint: EndpointDetails;
  why: string | undefined;
  save: Parameters<typeof ExecutionForm>[0]["save"];
}

/** Batching, queue and time limit of an endpoint, and whether its version really batches. */
export function ExecutionPanel({ endpoint, why, save }: ExecutionPanelProps) {
  const { id, execution, current, gateways } = endpoint;
  const loaded = gateways.flatMap(({ versions }) => versions.filter((each) => each.versionId === current?.versionId));
  return (
    <Panel id="execution" title="How requests run" subtitle={subtitle(loaded)}>
      <ExecutionForm
        // Somebody else's change replaces what the form shows.
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
  const told = loaded.find(({ batching }) => batching)?.batching;
  if (!told) return "not loaded yet";
  if (told.reason) return `each by itself: ${told.reason}`;
  return told.maxBatchSize > 1 ? `up to ${told.maxBatchSize} rows together` : "each by itself";
}
