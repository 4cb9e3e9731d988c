"use client";

import { Button } from "@mantine/core";
import { IconRestore, IconTag, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { formatCount, formatCountOf, plural } from "#components/ui/format.ts";
import { SelectionBar } from "#components/ui/selection-bar.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { BulkStep, ChosenRuns, DeleteRuns, TagRuns } from "#server/develop/tracking/bulk/contract.ts";
import { CompareButton } from "../compare/compare-button.tsx";
import { RegisterButton, type RegisterRunAction } from "../register/register-run.tsx";
import classes from "./bulk-bar.module.css";
import { type Choice, inSteps } from "./bulk-steps.ts";
import { DeleteRunsDialog } from "./delete-runs-dialog.tsx";
import { TagRunsDialog } from "./tag-runs-dialog.tsx";

export interface BulkActions {
  tag: (input: TagRuns) => Promise<ActionState<BulkStep>>;
  remove: (input: DeleteRuns) => Promise<ActionState<BulkStep>>;
  restore: (input: ChosenRuns) => Promise<ActionState<BulkStep>>;
}

/** What the bar needs to register the best of the selected runs. */
export interface RegisterBest {
  /** Suggested name of the model. */
  modelName: string;
  /** Reason why nothing can be registered: "needs the role member". */
  why: string | undefined;
  action: RegisterRunAction;
}

interface BulkBarProps {
  experimentId: number;
  register: RegisterBest;
  /** The best of the selected runs; undefined if nothing says which that is. */
  best: { id: string; name: string } | undefined;
  selected: readonly string[];
  /** Places of the runs in the order of colours, for the comparison. */
  places?: ReadonlyMap<string, number>;
  /** All runs that the filter finds are meant, not only those selected. */
  isAll: boolean;
  filter: string;
  /** Number of runs that match the filter. */
  found: number;
  isTrash: boolean;
  viewerName: string;
  /** Reason why nothing can be changed: "needs the role member". */
  why: string | undefined;
  actions: BulkActions;
  onAll: () => void;
  onClear: () => void;
  /** Called after a change, so that the table is reloaded. */
  onChanged: () => void;
}

type Step = Omit<ChosenRuns, "experimentId">;

/** Renders the bar for selected runs, or all that a filter finds: compare, tag, delete; in the trash, restore. */
export function BulkBar(props: BulkBarProps) {
  const { experimentId, selected, isAll, filter, found, isTrash, why, actions, onChanged } = props;
  const [dialog, setDialog] = useState<"tag" | "delete">();
  const [progress, setProgress] = useState<{ done: number; left: number }>();
  const count = isAll ? found : selected.length;
  const choice: Choice = isAll ? { filter } : { runIds: selected };
  const close = () => setDialog(undefined);

  /** @returns the error message; a toast reports what was done before it. */
  async function change(
    step: (chosen: Step) => Promise<ActionState<BulkStep>>,
    of: Choice,
    words: string,
    undo = false,
  ) {
    setProgress({ done: 0, left: count });
    const { changed, error } = await inSteps(step, of, (done, left) => setProgress({ done, left }));
    setProgress(undefined);
    if (changed.length > 0) {
      const back = () => void change(restore, { runIds: changed }, "restored");
      toast.done(`${plural(changed.length, "run")} ${words}.`, undo ? { label: "Undo", onClick: back } : undefined);
      onChanged();
    }
    return error && (changed.length > 0 ? `After ${plural(changed.length, "run")}: ${error}` : error);
  }
  const restore = (chosen: Step) => actions.restore({ experimentId, ...chosen });
  async function restoreChosen() {
    const error = await change(restore, choice, "restored");
    if (error) toast.failed("Not all runs were restored.", error);
    else props.onClear();
  }
  async function tag({ key, value }: { key: string; value: string }) {
    const error = await change((chosen) => actions.tag({ experimentId, ...chosen, key, value }), choice, "tagged");
    if (!error) close();
    return error;
  }
  async function remove(reason: string) {
    const step = (chosen: Step) => actions.remove({ experimentId, ...chosen, reason });
    const error = await change(step, choice, "moved to trash", true);
    if (!error) props.onClear();
    return error;
  }

  return (
    <>
      <SelectionBar count={count} noun="run" onClear={props.onClear}>
        {progress ? (
          <span role="status">{formatCountOf(progress.done, progress.done + progress.left)} done</span>
        ) : (
          <>
            {!isAll && found > selected.length && (
              <button className={classes.link} type="button" onClick={props.onAll}>
                Select all {formatCount(found)}
              </button>
            )}
            {!isTrash && <CompareButton selected={isAll ? [] : selected} places={props.places} />}
            {!isTrash && !isAll && props.best && (
              <RegisterButton
                run={props.best}
                label={`Register ${props.best.name}…`}
                modelName={props.register.modelName}
                why={props.register.why}
                register={props.register.action}
                size="xs"
              />
            )}
            {isTrash ? (
              <Button
                size="xs"
                disabled={why !== undefined}
                leftSection={<IconRestore {...icon} />}
                onClick={restoreChosen}
              >
                Restore
              </Button>
            ) : (
              <>
                <Button
                  {...quiet}
                  disabled={why !== undefined}
                  leftSection={<IconTag {...icon} />}
                  onClick={() => setDialog("tag")}
                >
                  Tag…
                </Button>
                <Button
                  {...quiet}
                  data-danger
                  disabled={why !== undefined}
                  leftSection={<IconTrash {...icon} />}
                  onClick={() => setDialog("delete")}
                >
                  Delete…
                </Button>
              </>
            )}
            {why && <span className="lw-small lw-quiet">{why}</span>}
          </>
        )}
      </SelectionBar>
      <TagRunsDialog opened={dialog === "tag"} count={count} onClose={close} onConfirm={tag} />
      <DeleteRunsDialog
        opened={dialog === "delete"}
        count={count}
        isAll={isAll}
        viewerName={props.viewerName}
        onClose={close}
        onConfirm={remove}
      />
    </>
  );
}

const icon = { size: 15, stroke: 1.8, "aria-hidden": true } as const;
const quiet = { size: "xs", variant: "default" } as const;
