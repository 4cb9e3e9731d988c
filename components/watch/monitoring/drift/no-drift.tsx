import { ButtonLink } from "#components/ui/button-link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { DriftReport } from "#server/watch/monitoring/drift/report/contract.ts";
import { driftHref, monitorHref, referenceHref } from "./addresses.ts";

interface NoDriftProps {
  problem: NonNullable<DriftReport["problem"]>;
  words: { title: string; why: string };
  endpoint: string;
  version: DriftReport["version"];
}

/** Shows why there is no drift report, and the next step. */
export function NoDrift({ problem, words, endpoint, version }: NoDriftProps) {
  return (
    <Panel>
      <EmptyState title={words.title} action={<NextStep problem={problem} endpoint={endpoint} version={version} />}>
        {words.why}
      </EmptyState>
    </Panel>
  );
}

function NextStep({ problem, endpoint, version }: Omit<NoDriftProps, "words">) {
  if (problem === "off") return <ButtonLink href={monitorHref(endpoint)}>View settings</ButtonLink>;
  if (problem === "no-segment-reference") {
    return <ButtonLink href={driftHref({ endpoint })}>All rows</ButtonLink>;
  }
  if (problem === "no-reference" && version) {
    return <ButtonLink href={referenceHref(version)}>Create reference…</ButtonLink>;
  }
  return <ButtonLink href={`/endpoints/${encodeURIComponent(endpoint)}`}>View endpoint</ButtonLink>;
}
