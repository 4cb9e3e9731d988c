"use client";

import { Button } from "@mantine/core";
import { usePageKey } from "#components/develop/features/use-page-key.ts";
import { Thumb } from "#components/improve/labelling/shown/thumb.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { formatCountOf, formatNumber, plural } from "#components/ui/format.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ShownObject } from "#server/improve/labelling/contract.ts";
import type { ListedSuspect, RelabelTasks } from "#server/improve/labelling/runs/contract.ts";
import classes from "./grid.module.css";

interface SuspectsPanelProps {
  projectId: number;
  suspects: ListedSuspect[];
  total: number;
  objects: readonly ShownObject[];
  titles: Readonly<Record<string, string>>;
  relabel: (input: RelabelTasks) => Promise<ActionState<{ reopened: number }>>;
  why: string | undefined;
}

const stateLabels: Record<ListedSuspect["state"], string> = {
  suspected: "",
  relabelling: "labelled again",
  relabelled: "labelled again",
  kept: "confirmed by review",
  dropped: "dropped",
};

/** Lists labels that the model's probabilities contradict, the most doubtful first. Nothing is changed without a person. */
export function SuspectsPanel({ projectId, suspects, total, objects, titles, relabel, why }: SuspectsPanelProps) {
  const { state, busy, run } = useAction(relabel);
  const open = suspects.filter((suspect) => suspect.state === "suspected");
  const isOff = why !== undefined || open.length === 0;
  const start = () =>
    run({ projectId, taskIds: open.map(({ taskId }) => taskId) }, ({ reopened }) =>
      toast.done(`${plural(reopened, "item is", "items are")} offered again, to people who have not labelled them.`),
    );
  usePageKey(isOff ? undefined : "W", start);
  const titleOf = (name: string) => titles[name] ?? name;
  return (
    <Panel
      title="Suspected label errors"
      subtitle="lowest likelihood of the given label first; never changed automatically"
      right={
        <>
          {state.error && <span role="alert">{state.error}</span>}
          {why && <span className="lw-quiet">{why}</span>}
          <span className="lw-quiet">{formatCountOf(suspects.length, total)}</span>
          <Button
            variant="default"
            size="xs"
            disabled={isOff}
            aria-disabled={busy}
            onClick={start}
            rightSection={<Keys keys={["W"]} />}
          >
            Relabel {open.length > 0 && open.length}
          </Button>
        </>
      }
      flush
    >
      {suspects.length === 0 ? (
        <EmptyState title="No suspected errors" />
      ) : (
        <ul className={classes.strip}>
          {suspects.map((suspect) => (
            <li className={classes.suspect} key={suspect.taskId}>
              <Thumb task={{ id: suspect.taskId, projectId, data: suspect.data }} objects={objects} />
              <span>
                <span className="lw-muted">given {titleOf(suspect.given)}</span>
                <strong>{titleOf(suspect.likely)}?</strong>
                <span className="lw-number">{formatNumber(suspect.score, { decimals: 2 })}</span>
                {stateLabels[suspect.state] !== "" && <span className="lw-quiet">{stateLabels[suspect.state]}</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
