import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { AnalysisList } from "#components/watch/monitoring/compare/analysis-list.tsx";
import { CompareForm } from "#components/watch/monitoring/compare/compare-form.tsx";
import { ComparisonTable } from "#components/watch/monitoring/compare/comparison-table.tsx";
import { listReadVersions } from "#server/develop/datasets/queries.ts";
import type { Analysis } from "#server/watch/monitoring/analyses/contract.ts";
import { listAnalyses } from "#server/watch/monitoring/analyses/queries.ts";
import type { Comparison } from "#server/watch/monitoring/compare/contract.ts";
import { requestAnalysisAction } from "./actions.ts";

export const metadata = { title: "Compare files" };

export default async function ComparePage({ searchParams }: PageProps<"/datasets/compare">) {
  const { analysis } = await searchParams;
  const ctx = await requireContext();
  const [analyses, versions] = [await listAnalyses(ctx, {}), await listReadVersions(ctx)];
  const shown = analyses.find(({ id }) => id === analysis) ?? analyses[0];
  return (
    <Page crumbs={[{ label: "Datasets", href: "/datasets" }, { label: "Compare files" }]} live>
      <LiveRefresh topics={["monitoring"]} everyMs={60_000} />
      <PageHead
        help="monitoring#compare-files"
        title="Compare files"
        context="Compare two dataset versions with the same scores and tests as live windows"
        sentence={shown?.result?.kind === "comparison" ? sentence(shown.result.comparison) : undefined}
      />
      <CompareForm
        versions={versions}
        request={requestAnalysisAction}
        why={denialReason(ctx.actor.role, "requestAnalysis")}
      />
      {shown && <Shown analysis={shown} />}
      <Panel title="Comparisons" subtitle="newest first" flush>
        {analyses.length === 0 ? (
          <EmptyState title="No comparisons yet">Select two files above.</EmptyState>
        ) : (
          <AnalysisList rows={analyses} />
        )}
      </Panel>
    </Page>
  );
}

function Shown({ analysis: { question, result, problem, progress } }: { analysis: Analysis }) {
  const title =
    question.kind === "batch" ? `${question.reference.name} against ${question.current.name}` : "Row comparison";
  if (problem) {
    return (
      <Panel title={title} flush>
        <FailedState title="Comparison failed">{problem}</FailedState>
      </Panel>
    );
  }
  if (result?.kind !== "comparison") {
    return (
      <Panel title={title} flush>
        <EmptyState title={`Reading files: ${formatPercent(progress, { decimals: 0 })}`}>
          The columns appear here once both files are read.
        </EmptyState>
      </Panel>
    );
  }
  const { comparison } = result;
  const subtitle = `${formatCount(comparison.referenceRows)} reference rows compared with ${plural(comparison.rows, "row")}`;
  return (
    <Panel title={title} subtitle={subtitle} flush>
      <ComparisonTable rows={comparison.columns} />
    </Panel>
  );
}

/** Describes the conclusion, with the result of a library with fixed thresholds for the same files. */
function sentence({ changed, columns, evidently, onlyInCurrent, onlyInReference, warning }: Comparison): string {
  const first = `${changed} of ${plural(columns.length, "column")} changed; Evidently's default thresholds flag ${evidently.drifted}.`;
  const removedText = onlyInReference.length > 0 ? ` Only in the reference: ${onlyInReference.join(", ")}.` : "";
  const added = onlyInCurrent.length > 0 ? ` Only in the current data: ${onlyInCurrent.join(", ")}.` : "";
  return `${first}${removedText}${added}${warning ? ` ${warning}` : ""}`;
}
