import { Panel } from "#components/ui/panel.tsx";
import { FailedState } from "#components/ui/states.tsx";
import type { Analysis } from "#server/watch/monitoring/analyses/contract.ts";
import type { DriftReport } from "#server/watch/monitoring/drift/report/contract.ts";
import { AnalysisSection } from "./analysis-section.tsx";
import { at } from "./at.ts";
import { ClassifierFound } from "./classifier-found.tsx";
import type { RequestAnalysisAction } from "./request-button.tsx";
import { ScoresFound } from "./scores-found.tsx";

interface AnalysesPanelProps {
  report: DriftReport;
  /** Analyses of the endpoint, newest first; undefined if they could not be loaded. */
  analyses: readonly Analysis[] | undefined;
  request: RequestAnalysisAction;
  why: string | undefined;
}

/** Shows the analyses that need rows instead of counts and therefore run only on request. */
export function AnalysesPanel({ report, analyses, request, why }: AnalysesPanelProps) {
  const { endpoint, version, reference, from, to, segment } = report;
  if (!version || !reference) return null;
  if (!analyses) {
    return (
      <Panel title="On-demand analyses" flush>
        <FailedState title="Could not load the analyses">
          The other panels are unaffected; see the log of the web role for details.
        </FailedState>
      </Panel>
    );
  }
  const span = { endpointId: endpoint.id, versionId: version.id, from: from.toISOString(), to: to.toISOString() };
  const newest = (kind: string) => analyses.find(({ question }) => question.kind === kind);
  const reads = `Reads up to 5,000 requests served by v${version.version} between ${at(from)} and ${at(to)} from the prediction log${segment ? ", in every segment" : ""}, and the same number of rows from its reference (${reference.words}).`;
  return (
    <Panel title="On-demand analyses" subtitle="row-level comparisons, run on request" flush>
      <AnalysisSection
        title="Domain classifier"
        reads={`${reads} A classifier is trained to separate reference and current rows and evaluated on held-out rows; it also detects features that change jointly.`}
        button={{ label: "Train classifier", question: { kind: "domain-classifier", ...span }, request, why }}
        analysis={newest("domain-classifier")}
        found={(result) => result.kind === "classifier" && <ClassifierFound found={result.classifier} />}
      />
      <AnalysisSection
        title="Evidently scores"
        reads={`${reads} Shows Evidently's exact scores and fixed thresholds next to Leeway's results for the same rows.`}
        button={{ label: "Compute scores", question: { kind: "compatible-scores", ...span }, request, why }}
        analysis={newest("compatible-scores")}
        found={(result) => result.kind === "comparison" && <ScoresFound comparison={result.comparison} />}
      />
    </Panel>
  );
}
