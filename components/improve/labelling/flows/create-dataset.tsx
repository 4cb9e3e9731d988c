"use client";

import { Button, Modal, Radio, TextInput } from "@mantine/core";
import { IconDatabasePlus } from "@tabler/icons-react";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

/** What the labels are for: it decides which of them a dataset has. */
export type DatasetPurpose = "training" | "all" | "audit";

export interface NewLabelDataset {
  projectId: number;
  dataset: string;
  purpose: DatasetPurpose;
}

interface CreateDatasetProps {
  project: { id: number; name: string };
  create: (input: NewLabelDataset) => Promise<ActionState<{ dataset: string }>>;
  /** Reason why it is disabled. */
  why: string | undefined;
}

const purposes: { value: DatasetPurpose; label: string; description: string }[] = [
  {
    value: "training",
    label: "Training",
    description: "Excludes gold items and items of frozen evaluation sets.",
  },
  {
    value: "all",
    label: "All labels",
    description: "All settled items, including those for your own evaluation sets.",
  },
  {
    value: "audit",
    label: "Evaluation set",
    description: "Freezes the random audit. Each item needs two labels or a review.",
  },
];

/** Renders the button and the dialog that make a dataset version, or an evaluation set, of settled labels. */
export function CreateDataset({ project, create, why }: CreateDatasetProps) {
  const [opened, setOpened] = useState(false);
  const [dataset, setDataset] = useState(`${project.name}-labels`);
  const [purpose, setPurpose] = useState<DatasetPurpose>("training");
  const { state, busy, run, reset } = useAction(create);
  const { dataset: complaint, name = complaint } = state.fieldErrors ?? {};

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    run({ projectId: project.id, dataset: dataset.trim(), purpose }, (made) => {
      toast.done(`Writing the labels to ${made.dataset}.`);
      setOpened(false);
    });
  }

  return (
    <>
      <Button
        variant="default"
        disabled={why !== undefined}
        title={why}
        leftSection={<IconDatabasePlus size={15} stroke={1.8} aria-hidden="true" />}
        onClick={() => {
          reset();
          setOpened(true);
        }}
      >
        Create dataset…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Create dataset" size={520}>
        <form className={dialog.body} onSubmit={submit}>
          <FormProblem state={state} />
          <TextInput
            label="Dataset"
            description="An existing dataset gets a new version."
            value={dataset}
            error={name}
            maxLength={500}
            onChange={(event) => setDataset(event.currentTarget.value)}
            data-autofocus
          />
          <Radio.Group label="Labels for" value={purpose} onChange={(value) => setPurpose(value as DatasetPurpose)}>
            <div className={dialog.choice}>
              {purposes.map((each) => (
                <Radio {...each} key={each.value} />
              ))}
            </div>
          </Radio.Group>
          <div className={dialog.buttons}>
            <Button variant="default" onClick={() => setOpened(false)}>
              Cancel
            </Button>
            <Button type="submit" disabled={dataset.trim() === ""} aria-disabled={busy}>
              {busy ? "Creating…" : purpose === "audit" ? "Freeze set" : "Create dataset"}
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
}
