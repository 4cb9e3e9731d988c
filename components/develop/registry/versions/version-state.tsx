import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { ModelVersion } from "#server/develop/registry/versions/contract.ts";

interface VersionStateProps {
  version: Pick<ModelVersion, "inspection">;
  /** Names of the endpoints that serve it. */
  endpoints: readonly string[];
  filled?: boolean;
}

/** Shows whether a version is serving, servable, not servable, or still being inspected. The reason is shown next to it. */
export function VersionState({ version, endpoints, filled = false }: VersionStateProps) {
  if (version.inspection === "pending") {
    return (
      <StatusBadge state="running" filled={filled}>
        Inspecting
      </StatusBadge>
    );
  }
  if (version.inspection === "unservable") {
    return (
      <StatusBadge state="missed" filled={filled}>
        Cannot be served
      </StatusBadge>
    );
  }
  if (endpoints.length === 0) {
    return (
      <StatusBadge state="not-started" filled={filled}>
        Servable
      </StatusBadge>
    );
  }
  return (
    <StatusBadge state="on-target" filled={filled}>
      {endpoints.length === 1 ? `Serving ${endpoints[0]}` : `Serving ${endpoints.length} endpoints`}
    </StatusBadge>
  );
}
