"use client";

import { Button, Modal } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FileField } from "#components/ui/file-field.tsx";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { plural } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ShownObject } from "#server/improve/labelling/contract.ts";
import type { AddTasks } from "#server/improve/labelling/tasks/contract.ts";
import { maxItems, readJsonItems, toItems } from "./read-items.ts";

interface AddItemsProps {
  projectId: number;
  shown: readonly ShownObject[];
  add: (input: AddTasks) => Promise<ActionState<{ added: number; known: number }>>;
  /** Reason why it is disabled. */
  why: string | undefined;
}

const maxBytes = 15_000_000;

/** Renders the button and the dialog that add the items of a file to a project. */
export function AddItems({ projectId, shown, add, why }: AddItemsProps) {
  const [opened, setOpened] = useState(false);
  const [file, setFile] = useState<File>();
  const [problem, setProblem] = useState<string>();
  const { state, busy, run, reset } = useAction(add);

  async function submit() {
    if (!file) return setProblem("Choose a file.");
    const read = await readFile(file, shown);
    if ("problem" in read) return setProblem(read.problem);
    run({ projectId, tasks: read.items }, ({ added, known }) => {
      toast.done(`Added ${plural(added, "item")}${known > 0 ? `; ${known} already existed` : ""}.`);
      setOpened(false);
      setFile(undefined);
    });
  }

  return (
    <>
      <Button
        variant="default"
        disabled={why !== undefined}
        title={why}
        leftSection={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
        onClick={() => {
          reset();
          setProblem(undefined);
          setOpened(true);
        }}
      >
        Add items…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Add items" size={520}>
        <div className={dialog.body}>
          <FormProblem state={state} />
          <p className="lw-muted">
            JSON, JSON lines or CSV, at most {plural(maxItems, "item")}. Each needs{" "}
            {shown.map(({ field }) => `“${field}”`).join(", ")}. Pictures are inline (data:image/png;base64,…) or rows
            of numbers. Use the API or a Label Studio client for larger files.
          </p>
          <FileField
            label="File"
            file={file}
            error={problem}
            onChange={(chosen) => {
              setProblem(undefined);
              setFile(chosen);
            }}
          />
          <div className={dialog.buttons}>
            <Button variant="default" onClick={() => setOpened(false)}>
              Cancel
            </Button>
            <Button aria-disabled={busy} onClick={() => void submit()}>
              {busy ? "Adding…" : "Add items"}
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}

async function readFile(file: File, shown: readonly ShownObject[]): ReturnType<typeof readTable> {
  if (file.size > maxBytes) return { problem: `${file.name} is larger than 15\u00a0MB. Use the API.` };
  if (/\.[ct]sv$/i.test(file.name)) return readTable(file, shown);
  return readJsonItems(await file.text(), file.name, shown);
}

async function readTable(file: File, shown: readonly ShownObject[]): Promise<ReturnType<typeof toItems>> {
  const { parse } = await import("csv-parse/browser/esm/sync");
  try {
    const delimiter = /\.tsv$/i.test(file.name) ? "\t" : ",";
    const rows = parse(await file.text(), { bom: true, columns: true, delimiter, skip_empty_lines: true });
    return toItems(rows as unknown[], file.name, shown);
  } catch (cause) {
    return { problem: `Could not read ${file.name} as a table: ${cause instanceof Error ? cause.message : cause}` };
  }
}
