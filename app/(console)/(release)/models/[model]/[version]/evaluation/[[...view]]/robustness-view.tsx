import { denialReason } from "#app/_lib/denial-reason.ts";
import { orUndefined } from "#app/_lib/or-undefined.ts";
import { evaluationHref } from "#components/release/evaluation/addresses.ts";
import { Notice } from "#components/release/evaluation/notice.tsx";
import { chosenCell } from "#components/release/evaluation/robustness-cells.ts";
import { RobustnessGrid } from "#components/release/evaluation/robustness-grid.tsx";
import {
  CorruptionPanel,
  RobustnessLead,
  RobustnessTiles,
  WorstCells,
} from "#components/release/evaluation/robustness-panels.tsx";
import { CancelEvaluation, RunEvaluation } from "#components/release/evaluation/run-buttons.tsx";
import { RunState } from "#components/release/evaluation/run-state.tsx";
import { formatCountOf } from "#components/ui/format.ts";
import { Columns, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import type { RobustnessRun } from "#server/release/evaluation/contract.ts";
import { compareRobustness, listRobustness } from "#server/release/evaluation/robustness/robustness-queries.ts";
import { cancelEvaluationAction, runRobustnessAction } from "./actions.ts";
import type { ShownEvaluation } from "./result-view.tsx";

/** Renders the accuracy of a version on corrupted rows of the set, beside that of another version. */
export async function RobustnessView({ ctx, shown }: { ctx: Context; shown: ShownEvaluation }) {
  const { key, set, base, search } = shown;
  if (set.definition.task.kind !== "classification") {
    return (
      <Panel flush>
        <EmptyState title="Robustness is measured for classes only">
          Robustness is the accuracy on corrupted rows, so it requires class labels.
        </EmptyState>
      </Panel>
    );
  }
  const ofSet = (version: number) => listRobustness(ctx, { setId: set.id, name: key.name, version, limit: 20 });
  const [own, others] = [await ofSet(key.version), base === undefined ? [] : await ofSet(base)];
  const run = chooseRun(own);
  const other = chooseRun(others);
  const why = denialReason(ctx.actor.role, "requestRobustness") ?? (set.retiredAt ? "the set is retired" : undefined);
  const button = (version: number, label: string, isPrimary: boolean) => (
    <RunEvaluation
      version={`the robustness of v${version}`}
      label={label}
      run={runRobustnessAction.bind(null, { setId: set.id, name: key.name, version })}
      why={why}
      isPrimary={isPrimary}
    />
  );
  const cancel = (of: RobustnessRun, version: number) => (
    <CancelEvaluation
      version={`the robustness of v${version}`}
      cancel={cancelEvaluationAction.bind(null, of.id)}
      why={denialReason(ctx.actor.role, "cancelEvaluation")}
    />
  );
  if (!run?.result) {
    return (
      <RunState
        version={`the robustness of v${key.version}`}
        missing={`The robustness of v${key.version} has not been measured on this set`}
        run={run}
        estimate="Samples up to 1,000 rows and corrupts each in every way that fits the inputs, at five severities."
        runButton={button(key.version, run ? "Run again" : "Measure robustness", true)}
        cancelButton={run && cancel(run, key.version)}
      />
    );
  }
  const { result } = run;
  const comparison = other?.result
    ? await orUndefined("robustness", () => compareRobustness(ctx, { id: run.id, base: other.id }))
    : undefined;
  const compared =
    base !== undefined && other?.result && comparison ? { version: base, result: other.result, comparison } : undefined;
  const cell = chosenCell(result, search.kind, search.severity);
  return (
    <>
      <RobustnessLead version={key.version} result={result} base={compared} />
      {base !== undefined && !other?.result && (
        <Notice
          state="no-data"
          action={other && isInProgress(other) ? cancel(other, base) : button(base, "Run", false)}
        >
          {other && isInProgress(other)
            ? `The robustness of v${base} is being measured: ${formatCountOf(other.rowsDone, other.rowsTotal)} rows.`
            : (other?.problem ?? `The robustness of v${base} has not been measured on this set.`)}
        </Notice>
      )}
      <RobustnessTiles version={key.version} result={result} base={compared} />
      <Columns columns="minmax(0, 1.7fr) minmax(0, 1fr)">
        <RobustnessGrid
          result={result}
          severities={run.settings.severities}
          base={compared}
          current={cell}
          hrefs={Object.fromEntries(
            result.cells.map(({ kind, severity }) => [
              `${kind} ${severity}`,
              evaluationHref(key, "robustness", { set, base, kind, severity }),
            ]),
          )}
        />
        <Stack>
          {cell && <CorruptionPanel version={key.version} result={result} base={compared} cell={cell} />}
          <WorstCells result={result} />
        </Stack>
      </Columns>
    </>
  );
}

/** A result of the version as it is now, else whatever is newest. */
function chooseRun(runs: readonly RobustnessRun[]): RobustnessRun | undefined {
  return runs.find(({ result, isStale }) => result !== null && !isStale) ?? runs[0];
}

function isInProgress({ state }: RobustnessRun): boolean {
  return state === "waiting" || state === "running";
}
