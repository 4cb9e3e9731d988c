import { answerOf } from "#components/serving/answer.ts";
import type { LoggedPrediction } from "#components/serving/predictions-table.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCountOf, formatNumber, formatPercent, formatUnit, noValue } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { OutputDifference, Replay } from "#server/serving/replay/contract.ts";
import classes from "./replay-panel.module.css";

interface ReplayResultProps {
  prediction: LoggedPrediction;
  replay: Replay;
  labels: string[] | undefined;
}

const words: Record<OutputDifference["kind"], string> = {
  same: "the same",
  different: "different",
  shape: "another shape or type",
  "not-kept": "was not kept",
  "only-now": "not in the log",
  "only-then": "not an output of this version",
};

/** Then and now: the conclusion first, then each output. */
export function ReplayResult({ prediction, replay, labels }: ReplayResultProps) {
  const then = answerOf(prediction, labels);
  const now = answerOf({ outputs: replay.ran.outputs }, labels);
  const isSame = replay.differences.every(({ kind }) => kind === "same" || kind === "only-now");
  const saysSame = then !== undefined && then.text === now?.text;
  const { timings, provider } = replay.ran;
  const columns: Column<OutputDifference>[] = [
    { key: "name", head: "Output", cell: ({ name }) => name },
    { key: "kind", head: "Compared", cell: ({ kind }) => words[kind] },
    {
      key: "differing",
      head: "Elements that differ",
      align: "right",
      cell: ({ differing, elements }) => (elements === 0 ? noValue : formatCountOf(differing, elements)),
    },
    {
      key: "apart",
      head: "Most apart",
      align: "right",
      cell: ({ mostApart }) => (mostApart === null ? noValue : formatNumber(mostApart)),
    },
  ];
  return (
    <div className={classes.result}>
      <p>
        <StatusBadge state={isSame ? "on-target" : saysSame ? "watch" : "missed"} filled>
          {isSame ? "The same to the last bit" : saysSame ? "The same answer, other numbers" : "Another answer"}
        </StatusBadge>
      </p>
      <dl className="lw-facts">
        <dt>Then</dt>
        <dd>{prediction.error ?? said(then)}</dd>
        <dt>{`Now, v${replay.version}`}</dt>
        <dd>
          {said(now)}, in {formatUnit(timings.runMs, "ms")} of the model on {provider.toUpperCase()}
        </dd>
        <dt>Inputs</dt>
        <dd>{replay.via === "pipeline" ? "as they were sent, through the pipeline" : "as the model saw them"}</dd>
        {then?.share != null && now?.share != null && (
          <>
            <dt>Probability</dt>
            <dd className="lw-number">
              {formatPercent(then.share)}, now {formatPercent(now.share)}
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

function said(answer: ReturnType<typeof answerOf>): string {
  return answer?.text ?? "not kept";
}
