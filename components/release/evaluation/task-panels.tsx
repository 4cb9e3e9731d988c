import type { EvaluationPanels, EvaluationResult } from "#server/release/evaluation/contract.ts";
import { ByClassPanel, ClassificationPanels } from "./classification-panels.tsx";
import { ForecastPanels, RegressionPanels } from "./number-panels.tsx";
import { AnomalyPanels, RankingPanels, TranscriptionPanels } from "./other-panels.tsx";
import { BoxesPanels, SpansPanels } from "./region-panels.tsx";

interface TaskPanelsProps {
  version: number;
  result: EvaluationResult;
  base: { version: number; result: EvaluationResult } | undefined;
  /** Rows of this version with the highest loss first. */
  rowsHref: string;
}

/** Renders the panels of a kind of task. */
export function TaskPanels({ version, result, base, rowsHref }: TaskPanelsProps) {
  const { panels, metrics } = result;
  const other = <Kind extends EvaluationPanels["kind"]>(kind: Kind) =>
    base?.result.panels.kind === kind
      ? { version: base.version, panels: base.result.panels as Extract<EvaluationPanels, { kind: Kind }> }
      : undefined;
  const classesOf = (kind: "classification" | "multilabel" | "boxes" | "spans") => {
    const found = other(kind);
    return found && { version: found.version, byClass: found.panels.byClass };
  };
  switch (panels.kind) {
    case "classification":
      return <ClassificationPanels panels={panels} metrics={metrics} base={classesOf("classification")} />;
    case "multilabel":
      return <ByClassPanel byClass={panels.byClass} base={classesOf("multilabel")} />;
    case "regression":
      return <RegressionPanels panels={panels} rowsHref={rowsHref} />;
    case "forecast":
      return <ForecastPanels panels={panels} version={version} base={other("forecast")} />;
    case "ranking":
      return <RankingPanels panels={panels} version={version} base={other("ranking")} />;
    case "transcription":
      return <TranscriptionPanels panels={panels} />;
    case "boxes":
      return <BoxesPanels panels={panels} version={version} base={other("boxes")} />;
    case "spans":
      return <SpansPanels panels={panels} base={classesOf("spans")} />;
    case "anomaly":
      return <AnomalyPanels panels={panels} />;
  }
}
