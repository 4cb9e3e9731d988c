import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue } from "#components/ui/format.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SmallAction } from "#components/ui/small-action.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { LeakageCheck, LeakageResult, RequestLeakageCheck } from "#server/develop/datasets/leakage/contract.ts";
import classes from "./leakage.module.css";
import { describeSide, leakageSentence } from "./leakage-text.ts";

interface LeakageListProps {
  name: string;
  checks: LeakageCheck[];
  request: (input: RequestLeakageCheck) => Promise<ActionState<LeakageCheck>>;
  why?: string | undefined;
}

/** Lists the requested leakage checks with their results; a failed check can be requested again. */
export function LeakageList({ name, checks, request, why }: LeakageListProps) {
  if (checks.length === 0) {
    return (
      <Panel title="Checks" flush>
        <EmptyState title="No leakage checks yet">
          Test rows that were seen in training inflate the score. Run a check above.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel title="Checks" subtitle="newest first" flush>
      {checks.map((check) => (
        <PanelSection key={check.id}>
          <div className={classes.answer}>
            <Verdict check={check} />
            <span>
              {leakageSentence(check) ??
                `${describeSide(check.question.right)} against ${describeSide(check.question.left)}`}
            </span>
            {check.state === "failed" && (
              <SmallAction
                label="Run again"
                input={{ name, question: check.question }}
                act={request}
                done="Comparing rows…"
                why={why}
              />
            )}
            <span className={`${classes.who} lw-quiet lw-small`}>
              {check.createdBy}, <RelativeTime at={check.createdAt} />
            </span>
          </div>
          {check.result && check.result.sharedRows > 0 && <Examples result={check.result} id={check.id} />}
        </PanelSection>
      ))}
    </Panel>
  );
}

function Verdict({ check: { state, result } }: { check: LeakageCheck }) {
  if (state === "failed") return <StatusBadge state="no-data">Inconclusive</StatusBadge>;
  if (!result) return <StatusBadge state="running">Comparing</StatusBadge>;
  if (result.leftRows === 0 || result.rightRows === 0) return <StatusBadge state="no-data">Inconclusive</StatusBadge>;
  const isClean = result.sharedRows === 0;
  return <StatusBadge state={isClean ? "on-target" : "missed"}>{isClean ? "No leakage" : "Leakage found"}</StatusBadge>;
}

const maxColumns = 8;

function Examples({ result, id }: { result: LeakageResult; id: string }) {
  type Example = LeakageResult["examples"][number];
  const shown = result.columns.slice(0, maxColumns);
  const columns: Column<Example>[] = [
    { key: "right", head: "Test row", align: "right", width: 72, cell: (row) => row.rightAt },
    { key: "left", head: "Training row", align: "right", width: 90, cell: (row) => row.leftAt },
    ...shown.map((name, index) => ({
      key: `c${index}`,
      head: name,
      cell: (row: Example) => row.values[index] ?? noValue,
    })),
  ];
  const rest = result.columns.length - shown.length;
  return (
    <div className={classes.examples}>
      <DataTable
        label={`Examples of check ${id}`}
        rows={result.examples}
        columns={columns}
        rowKey={(row) => String(row.rightAt)}
        density="compact"
        foot={
          <span>
            First {result.examples.length}, by line or row number{" "}
            {rest > 0 && `; ${rest} more columns are identical too`}
          </span>
        }
      />
    </div>
  );
}
