import { FindingList } from "#components/monitoring/findings/finding-list.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { FailedState } from "#components/ui/states.tsx";
import type { Finding } from "#server/monitoring/contract.ts";

/** What monitoring found about the new version while it rolled out; no gate waits for it. Nothing while nothing was found. */
export function MonitoringPanel({ findings }: { findings: readonly Finding[] | undefined }) {
  if (findings?.length === 0) return null;
  return (
    <Panel title="What monitoring found" subtitle="about the new version; told, and no gate of the rollout" flush>
      {findings ? (
        <FindingList label="What monitoring found" findings={findings} />
      ) : (
        <FailedState title="What monitoring found could not be read">
          The rest of the page is good; the log of the web process says why.
        </FailedState>
      )}
    </Panel>
  );
}
