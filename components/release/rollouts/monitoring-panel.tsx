import { Panel } from "#components/ui/panel.tsx";
import { FailedState } from "#components/ui/states.tsx";
import { FindingList } from "#components/watch/monitoring/findings/finding-list.tsx";
import type { Finding } from "#server/watch/monitoring/contract.ts";

/** Lists the monitoring findings on the new version during its rollout; no gate depends on them. Renders nothing without findings. */
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
