import type { EvaluationView } from "#components/release/evaluation/addresses.ts";
import type { Context } from "#server/base/context.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import type { EvaluationResult, EvaluationRun, EvaluationSet } from "#server/release/evaluation/contract.ts";
import { CompareView } from "./compare-view.tsx";
import { FairnessView } from "./fairness-view.tsx";
import { OverviewView } from "./overview-view.tsx";
import type { EvaluationSearch } from "./read-address.ts";
import type { EvaluationPageData } from "./read-page.ts";
import { RobustnessView } from "./robustness-view.tsx";
import { RowsView } from "./rows-view.tsx";
import { SegmentsView } from "./segments-view.tsx";

/** A version with its result on a set. */
export interface ShownEvaluation extends EvaluationPageData {
  key: VersionKey;
  search: EvaluationSearch;
  set: EvaluationSet;
  run: EvaluationRun;
  result: EvaluationResult;
}

/** Renders one view of a result. */
export function EvaluationResultView({
  ctx,
  view,
  shown,
}: {
  ctx: Context;
  view: EvaluationView;
  shown: ShownEvaluation;
}) {
  switch (view) {
    case "compare":
      return <CompareView ctx={ctx} shown={shown} />;
    case "segments":
      return <SegmentsView shown={shown} />;
    case "rows":
      return <RowsView ctx={ctx} shown={shown} />;
    case "robustness":
      return <RobustnessView ctx={ctx} shown={shown} />;
    case "fairness":
      return <FairnessView shown={shown} />;
    default:
      return <OverviewView shown={shown} />;
  }
}
