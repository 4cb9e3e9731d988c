import { predictionsHref } from "#components/serve/endpoints/addresses.ts";
import {
  type LoggedPrediction,
  PredictionsTable,
  type Signatures,
} from "#components/serve/predictions/predictions-table.tsx";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { DebugState } from "./debug-state.ts";
import { SpanText } from "./span-text.tsx";

interface RequestsPanelProps {
  endpoint: string;
  state: DebugState;
  signatures: Signatures;
  requests: LoggedPrediction[];
  failed: LoggedPrediction[];
  hrefOf: (id: string) => string;
}

/** Renders requests of the range, or of the selected heat map cell, with links to their inputs, trace and explanation. */
export function RequestsPanel({ endpoint, state, signatures, requests, failed, hrefOf }: RequestsPanelProps) {
  const { cell } = state;
  const where = (
    <>
      newest first, {cell && `${formatDuration(cell.fromMs)} to ${formatDuration(cell.toMs)}, `}
      <SpanText span={cell ?? state} />
    </>
  );
  const all = (extra: string) => predictionsHref(endpoint, { q: queryOf(state, extra) });
  const table = (predictions: LoggedPrediction[], empty: string) => (
    <PredictionsTable
      predictions={predictions}
      signatures={signatures}
      hrefOf={({ id }) => hrefOf(id)}
      empty={
        <EmptyState title={empty}>All failed requests are logged, others at the endpoint's sampling rate.</EmptyState>
      }
    />
  );
  return (
    <Columns columns="minmax(0, 1fr) minmax(0, 1fr)">
      <Panel
        id="requests"
        title={cell ? "Requests in this cell" : "Requests"}
        subtitle={where}
        right={<Link href={all("")}>All logged</Link>}
        flush
      >
        {table(requests, "No matching requests in the log")}
      </Panel>
      <Panel
        id="failed"
        title="Failed requests"
        subtitle={where}
        right={<Link href={all("status = failed")}>All logged</Link>}
        flush
      >
        {table(failed, "No failed requests")}
      </Panel>
    </Columns>
  );
}

/** Returns the same requests as a query of the prediction log. */
function queryOf({ from, to, cell }: DebugState, extra: string): string {
  const at = (moment: number) => new Date(moment).toISOString();
  const span = cell ?? { from, to };
  const conditions = [`at > ${at(span.from)}`, `at < ${at(span.to)}`];
  if (cell) conditions.push(`latency > ${cell.fromMs.toPrecision(4)}`, `latency < ${cell.toMs.toPrecision(4)}`);
  if (extra) conditions.push(extra);
  return conditions.join(" and ");
}
