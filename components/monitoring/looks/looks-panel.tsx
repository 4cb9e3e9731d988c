import { Panel } from "#components/ui/panel.tsx";
import { FailedState } from "#components/ui/states.tsx";
import type { Analysis } from "#server/monitoring/analyses/contract.ts";
import type { DriftReport } from "#server/monitoring/drift/report/contract.ts";
import type { AskAnalysis } from "./ask-button.tsx";
import { at } from "./at.ts";
import { ClassifierFound } from "./classifier-found.tsx";
import { Look } from "./look.tsx";
import { ScoresFound } from "./scores-found.tsx";

interface LooksPanelProps {
  report: DriftReport;
  /** Of the endpoint, newest first; undefined when they could not be read. */
  analyses: readonly Analysis[] | undefined;
  ask: AskAnalysis;
  why: string | undefined;
}

/** What takes rows rather than counts, and so is made when somebody asks. */
export function LooksPanel({ report, analyses, ask, why }: LooksPanelProps) {
  const { endpoint, version, reference, from, to, segment } = report;
  if (!version || !reference) return null;
  if (!analyses) {
    return (
      <Panel title="Looks on demand" flush>
        <FailedState title="What was asked for could not be read">
          The rest of the page is good; the log of the web process says why.
        </FailedState>
      </Panel>
    );
  }
  const span = { endpointId: endpoint.id, versionId: version.id, from: from.toISOString(), to: to.toISOString() };
  const newest = (kind: string) => analyses.find(({ question }) => question.kind === kind);
  const reads = `Reads up to 5,000 requests that v${version.version} answered from ${at(from)} to ${at(to)}, as the prediction log kept them${segment ? ", in every segment" : ""}, and as many rows of its reference (${reference.words}).`;
  return (
    <Panel title="Looks on demand" subtitle="rows against rows, made when somebody asks" flush>
      <Look
        title="Can a model tell the rows apart?"
        reads={`${reads} A classifier learns from one half which is which, and is tried on the other: it sees features that changed together, too.`}
        button={{ label: "Try a classifier", question: { kind: "domain-classifier", ...span }, ask, why }}
        analysis={newest("domain-classifier")}
        found={(result) => result.kind === "classifier" && <ClassifierFound found={result.classifier} />}
      />
      <Look
        title="What would Evidently say?"
        reads={`${reads} Its exact scores and fixed thresholds stand beside Leeway's lines for the same rows.`}
        button={{ label: "Compute the scores", question: { kind: "compatible-scores", ...span }, ask, why }}
        analysis={newest("compatible-scores")}
        found={(result) => result.kind === "comparison" && <ScoresFound comparison={result.comparison} />}
      />
    </Panel>
  );
}
