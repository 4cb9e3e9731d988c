import { requireContext } from "#app/_lib/context.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { formatCountOf } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { DriftTable } from "#components/watch/monitoring/drift/drift-table.tsx";
import type { DriftRow } from "#server/watch/monitoring/drift/report/contract.ts";
import { listDrift } from "#server/watch/monitoring/drift/report/list-drift.ts";

export const metadata = { title: "Drift" };

export default async function DriftPage() {
  const ctx = await requireContext();
  const rows = await listDrift(ctx);
  return (
    <Page crumbs={[{ label: "Drift" }]} live>
      <LiveRefresh topics={["monitoring"]} everyMs={60_000} />
      <PageHead
        help="monitoring#drift"
        title="Drift"
        context="Inputs and predictions compared with the reference of each version"
        sentence={sentence(rows)}
        actions={
          <ButtonLink href="/drift/compare" variant="default">
            Compare files
          </ButtonLink>
        }
      />
      <Panel title="Endpoints" subtitle="worst first; based on the latest day or hour" flush>
        {rows.length === 0 ? (
          <EmptyState title="No endpoints yet" action={<ButtonLink href="/endpoints">View endpoints</ButtonLink>}>
            Drift compares the requests to an endpoint with the data its version was trained or validated on.
          </EmptyState>
        ) : (
          <DriftTable rows={rows} />
        )}
      </Panel>
    </Page>
  );
}

/** Describes the conclusion: how many endpoints drift, and how many are not monitored. */
function sentence(rows: readonly DriftRow[]): string | undefined {
  if (rows.length === 0) return undefined;
  const evaluated = rows.filter(({ window }) => window !== null);
  const drifting = evaluated.filter(({ window }) => window?.verdict.state === "drift");
  const unjudged = rows.length - evaluated.length;
  const rest =
    unjudged > 0 ? ` ${unjudged === 1 ? "One endpoint is" : `${unjudged} endpoints are`} not monitored.` : "";
  if (evaluated.length === 0)
    return `No endpoint has a drift result yet.${rows.length > 1 ? " The table shows why." : ""}`;
  if (drifting.length === 0) return `No significant drift detected.${rest}`;
  return `${formatCountOf(drifting.length, evaluated.length)} endpoints ${drifting.length === 1 ? "shows" : "show"} significant drift.${rest}`;
}
