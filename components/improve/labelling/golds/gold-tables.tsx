"use client";

import { Button, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import { formatLabelValue } from "#components/improve/labelling/answers/describe-value.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { formatCount, formatCountOf, formatPercent, noValue } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { LabelValue } from "#server/improve/labelling/contract.ts";
import type { GoldCandidate, GoldItem, SetGold } from "#server/improve/labelling/golds/contract.ts";

interface GoldTablesProps {
  golds: Wire<GoldItem>[];
  candidates: GoldCandidate[];
  titles: Record<string, string>;
  save: (input: SetGold) => Promise<ActionState<unknown>>;
}

interface Edited {
  taskId: number;
  item: string;
  value: LabelValue;
  explanation: string;
  isNew: boolean;
}

/** Renders the gold items of a project, and the settled items that can become some. */
export function GoldTables({ golds, candidates, titles, save }: GoldTablesProps) {
  const [edited, setEdited] = useState<Edited>();
  const { state, busy, run, reset } = useAction(save);
  const format = (value: LabelValue) => formatLabelValue(value, titles);

  function open(next: Edited) {
    reset();
    setEdited(next);
  }

  return (
    <>
      <Panel title="Gold items" subtitle="served like other items, at most once per annotator" flush>
        <DataTable
          label="Gold items"
          density="dense"
          rows={golds}
          rowKey={({ taskId }) => String(taskId)}
          columns={[
            { key: "item", head: "Item", cell: ({ item }) => item },
            { key: "value", head: "Label", cell: ({ value }) => <strong>{format(value)}</strong> },
            { key: "explanation", head: "Explanation", cell: ({ explanation }) => explanation || noValue },
            {
              key: "correct",
              head: "Correct",
              align: "right",
              cell: ({ correct, seen }) => (seen === 0 ? noValue : formatCountOf(correct, seen)),
            },
            { key: "by", head: "By", cell: ({ createdBy }) => createdBy },
            {
              key: "actions",
              head: <span className="lw-hidden">Actions</span>,
              align: "right",
              cell: ({ taskId, item, value, explanation, isEnabled }) => (
                <>
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={`Explain ${item}`}
                    onClick={() => open({ taskId, item, value, explanation, isNew: false })}
                  >
                    Explain…
                  </Button>{" "}
                  <Button
                    variant="default"
                    size="xs"
                    aria-disabled={busy}
                    aria-label={`${isEnabled ? "Disable" : "Enable"} ${item}`}
                    onClick={() =>
                      run({ taskId, isEnabled: !isEnabled }, () =>
                        toast.done(isEnabled ? "The gold item is disabled." : "The gold item is enabled."),
                      )
                    }
                  >
                    {isEnabled ? "Disable" : "Enable"}
                  </Button>
                </>
              ),
            },
          ]}
          empty={
            <EmptyState title="No gold items yet">
              Choose settled items below. Gold items measure the accuracy of each annotator, never on items they
              labelled themselves.
            </EmptyState>
          }
        />
      </Panel>
      <Panel title="Candidates" subtitle="settled by a reviewer, or by three annotators who agree" flush>
        <DataTable
          label="Candidates for gold items"
          density="dense"
          rows={candidates}
          rowKey={({ taskId }) => String(taskId)}
          columns={[
            { key: "item", head: "Item", cell: ({ item }) => item },
            { key: "value", head: "Label", cell: ({ value }) => format(value) },
            { key: "people", head: "People", align: "right", cell: ({ people }) => formatCount(people) },
            {
              key: "posterior",
              head: "Posterior",
              align: "right",
              cell: ({ posterior }) => (posterior === null ? noValue : formatPercent(posterior)),
            },
            {
              key: "add",
              head: <span className="lw-hidden">Add</span>,
              align: "right",
              cell: ({ taskId, item, value }) => (
                <Button
                  variant="default"
                  size="xs"
                  aria-label={`Add ${item} to gold`}
                  onClick={() => open({ taskId, item, value, explanation: "", isNew: true })}
                >
                  Add to gold…
                </Button>
              ),
            },
          ]}
          empty={<EmptyState title="No candidates yet" />}
        />
      </Panel>
      <Modal
        opened={edited !== undefined}
        onClose={() => setEdited(undefined)}
        title={edited?.isNew ? `Add ${edited.item} to the gold items` : `Explain ${edited?.item ?? ""}`}
        size={480}
      >
        {edited && (
          <div className={dialog.body}>
            <FormProblem state={state} />
            <p>
              Label: <strong>{format(edited.value)}</strong>
            </p>
            <Textarea
              label="Explanation"
              description="Shown once to each annotator, after their answer."
              autosize
              minRows={2}
              maxRows={8}
              maxLength={4000}
              value={edited.explanation}
              onChange={(event) => setEdited({ ...edited, explanation: event.currentTarget.value })}
            />
            <div className={dialog.buttons}>
              <Button variant="default" onClick={() => setEdited(undefined)}>
                Cancel
              </Button>
              <Button
                aria-disabled={busy}
                onClick={() =>
                  run({ taskId: edited.taskId, value: edited.value, explanation: edited.explanation }, () => {
                    toast.done(edited.isNew ? "Gold item added." : "Explanation saved.");
                    setEdited(undefined);
                  })
                }
              >
                {edited.isNew ? "Add to gold" : "Save"}
              </Button>
            </div>
          </div>
        )}
      </Modal>
    </>
  );
}
