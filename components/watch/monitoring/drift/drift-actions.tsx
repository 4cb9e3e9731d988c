import { IconHistory } from "@tabler/icons-react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import type { DriftReport } from "#server/watch/monitoring/drift/report/contract.ts";
import type { MarkExpected } from "#server/watch/monitoring/expected/contract.ts";
import { referenceHref } from "./addresses.ts";
import { MarkExpectedButton } from "./mark-expected.tsx";

interface DriftActionsProps {
  report: DriftReport;
  /** Name of the currently shown feature. */
  current: string | undefined;
  actorName: string;
  markExpected: (input: MarkExpected) => Promise<ActionState<unknown>>;
  why: string | undefined;
}

/** Offers the actions on drift: mark it as expected, set a newer reference. */
export function DriftActions({ report, current, actorName, markExpected, why }: DriftActionsProps) {
  const { endpoint, features, version } = report;
  return (
    <>
      <MarkExpectedButton
        endpointId={endpoint.id}
        endpoint={endpoint.name}
        features={features.map(({ name }) => name)}
        current={current}
        evidence={features.find(({ name }) => name === current)?.words}
        actorName={actorName}
        action={markExpected}
        why={why}
      />
      {version && (
        <ButtonLink
          href={referenceHref(version)}
          variant="default"
          leftSection={<IconHistory size={15} stroke={1.7} aria-hidden="true" />}
        >
          Create reference…
        </ButtonLink>
      )}
    </>
  );
}
