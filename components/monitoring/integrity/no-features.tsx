import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Integrity } from "#server/monitoring/integrity/contract.ts";

/** The page of the version whose reference is compared with. */
export function versionHref({ model, version }: NonNullable<Integrity["version"]>): string {
  return `/models/${encodeURIComponent(model)}/v${version}`;
}

/** Why no feature is listed, and what to do about it. */
export function NoFeatures({ data: { withoutReference, version } }: { data: Integrity }) {
  if (withoutReference === null) {
    return (
      <EmptyState title="No predictions in this range">
        Features are counted as requests are answered. Choose a longer range.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="Features are compared with nothing"
      action={version && <ButtonLink href={versionHref(version)}>To the version</ButtonLink>}
    >
      {withoutReference}
    </EmptyState>
  );
}
