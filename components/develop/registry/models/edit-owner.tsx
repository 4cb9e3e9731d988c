"use client";

import { ActionIcon, Button, Modal, Select } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { SetModelOwner } from "#server/develop/registry/models/contract.ts";

interface EditOwnerProps {
  modelName: string;
  ownerId: string | null;
  /** Users of the workspace. */
  people: { id: string; name: string; email: string }[];
  save: (change: SetModelOwner) => Promise<ActionState>;
}

/** Renders the pencil button and the dialog that change the owner of a model. */
export function EditOwner({ modelName, ownerId, people, save }: EditOwnerProps) {
  const refresh = useRefresh();
  const [opened, setOpened] = useState(false);
  const [chosen, setChosen] = useState(ownerId);
  const { state, busy, run } = useAction(save);
  function submit() {
    if (!chosen) return;
    run({ name: modelName, ownerId: chosen }, () => {
      setOpened(false);
      toast.done(`${modelName} is now owned by ${people.find(({ id }) => id === chosen)?.name}.`);
      refresh();
    });
  }
  return (
    <>
      <ActionIcon
        className="lw-touch"
        variant="subtle"
        size={24}
        aria-label={`Change owner of ${modelName}`}
        onClick={() => setOpened(true)}
      >
        <IconPencil size={15} stroke={1.8} aria-hidden="true" />
      </ActionIcon>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`Owner of ${modelName}`} size={440} yOffset="14vh">
        <div className={classes.body}>
          <FormProblem state={state} />
          <Select
            label="Owner"
            description="Contact for this model, shown wherever it is used."
            placeholder="Select a person"
            searchable
            nothingFoundMessage="No matching person in this workspace."
            data={people.map(({ id, name, email }) => ({ value: id, label: `${name}, ${email}` }))}
            value={chosen}
            onChange={setChosen}
            data-autofocus
          />
          <div className={classes.buttons}>
            <Button variant="default" onClick={() => setOpened(false)}>
              Cancel
            </Button>
            <Button disabled={!chosen || chosen === ownerId} aria-disabled={busy} onClick={submit}>
              {busy ? "Saving…" : "Change owner"}
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}
