import type { LoggedPrediction } from "#components/serve/predictions/predictions-table.tsx";
import { predictionOf } from "#components/serve/predictions/shown-prediction.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCountOf, formatNumber, formatPercent, formatUnit, noValue } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { OutputDifference, Replay } from "#server/serve/replay/contract.ts";
import classes from "./replay-panel.module.css";

interface ReplayResultProps {
  prediction: LoggedPrediction;
  replay: Replay;
  labels: string[] | undefined;
}

const words: Record<OutputDifference["kind"], string> = {
  same: "identical",
  different: "different",
  shape: "different shape or type",
  "not-kept": "not stored",
  "only-now": "not in the log",
  "only-then": "not an output of this version",
};

/** Renders the recorded and the new prediction: the conclusion first, then each output. */
export function ReplayResult({ prediction, replay, labels }: ReplayResultProps) {
  const then = predictionOf(prediction, labels);
  const now = predictionOf({ outputs: replay.ran.outputs }, labels);
  const isSame = replay.differences.every(({ kind }) => kind === "same" || kind === "only-now");
  const saysSame = then !== undefined && then.text === now?.text;
  const { timings, provider } = replay.ran;
  const columns: Column<OutputDifference>[] = [
    { key: "name", head: "Output", cell: ({ name }) => name },
    { key: "kind", head: "Compared", cell: ({ kind }) => words[kind] },
    {
      key: "differing",
      head: "Different elements",
      align: "right",
      cell: ({ differing, elements }) => (elements === 0 ? noValue : formatCountOf(differing, elements)),
    },
    {
      key: "apart",
      head: "Largest difference",
      align: "right",
      cell: ({ maxDifference }) => (maxDifference === null ? noValue : formatNumber(maxDifference)),
    },
  ];
  return (
    <div className={classes.result}>
      <p>
        <StatusBadge state={isSame ? "on-target" : saysSame ? "watch" : "missed"} filled>
          {isSame ? "Bit-for-bit identical" : saysSame ? "Same prediction, different values" : "Different prediction"}
        </StatusBadge>
      </p>
      <dl className="lw-facts">
        <dt>Then</dt>
        <dd>{prediction.error ?? said(then)}</dd>
        <dt>{`Now, v${replay.version}`}</dt>
        <dd>
          {said(now)}, model run {formatUnit(timings.runMs, "ms")} on {provider.toUpperCase()}
        </dd>
        <dt>Inputs</dt>
        <dd>{replay.via === "pipeline" ? "as sent, through the pipeline" : "as received by the model"}</dd>
        {then?.share != null && now?.share != null && (
          <>
            <dt>Probability</dt>
            <dd className="lw-number">
              {formatPercent(then.share)} then, {formatPercent(now.share)} now
            </dd>
          </>
        )}
      </dl>
      <DataTable
        label="Outputs then and now"
        density="compact"
        rows={replay.differences}
        columns={columns}
        rowKey={({ name }) => name}
      />
    </div>
  );
}

function said(prediction: ReturnType<typeof predictionOf>): string {
  return prediction?.text ?? "not stored";
}
