import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Integrity } from "#server/watch/monitoring/integrity/contract.ts";

/** Returns the address of the version that provides the reference. */
export function versionHref({ model, version }: NonNullable<Integrity["version"]>): string {
  return `/models/${encodeURIComponent(model)}/v${version}`;
}

/** Shows why no feature is listed, and what to do about it. */
export function NoFeatures({ data: { withoutReference, version } }: { data: Integrity }) {
  if (withoutReference === null) {
    return (
      <EmptyState title="No predictions in this time range">
        Features are counted as requests are served. Select a longer time range.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="No reference for this version"
      action={version && <ButtonLink href={versionHref(version)}>View version</ButtonLink>}
    >
      {withoutReference}
    </EmptyState>
  );
}
