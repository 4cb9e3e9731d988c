import { Panel } from "#components/ui/panel.tsx";
import { FailedState } from "#components/ui/states.tsx";
import { FindingList } from "#components/watch/monitoring/findings/finding-list.tsx";
import type { Finding } from "#server/watch/monitoring/contract.ts";

/** What monitoring found about the new version while it rolled out; no gate waits for it. Nothing while nothing was found. */
export function MonitoringPanel({ findings }: { findings: readonly Finding[] | undefined }) {
  if (findings?.length === 0) return null;
  return (
    <Panel title="Monitoring findings" subtitle="findings about the new version; notified, but not rollout gates" flush>
      {findings ? (
        <FindingList label="Monitoring findings" findings={findings} />
      ) : (
        <FailedState title="Could not load monitoring findings">
          The other panels are unaffected; see the log of the web role for details.
        </FailedState>
      )}
    </Panel>
  );
}
