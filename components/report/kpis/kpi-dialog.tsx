"use client";

import { Button, Modal, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { CreateKpi, Kpi } from "#server/report/kpis/contract.ts";

interface KpiDialogProps {
  /** KPI to edit; without it, the dialog creates a new one. */
  kpi?: Kpi;
  save: (input: CreateKpi & { isNew: boolean }) => Promise<ActionState<unknown>>;
  /** Reason why the button is disabled. */
  why: string | undefined;
}

/** Renders the button and the dialog that create a KPI or edit its definition. */
export function KpiDialog(props: KpiDialogProps) {
  const [opened, setOpened] = useState(false);
  const { kpi, why } = props;
  return (
    <>
      <Button
        {...(kpi && { variant: "default" })}
        onClick={() => setOpened(true)}
        disabled={why !== undefined}
        title={why}
      >
        {kpi ? "Edit…" : "New KPI…"}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={kpi ? `Edit ${kpi.name}` : "New KPI"}
        size={480}
        yOffset="10vh"
      >
        {opened && <KpiForm {...props} onDone={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

function KpiForm({ kpi, save, onDone }: KpiDialogProps & { onDone: () => void }) {
  const [name, setName] = useState(kpi?.name ?? "");
  const [description, setDescription] = useState(kpi?.definition.description ?? "");
  const [unit, setUnit] = useState(kpi?.definition.unit ?? "");
  const [better, setBetter] = useState<"more" | "less">(kpi?.definition.better ?? "more");
  const { state, busy, run } = useAction(save);
  const refresh = useRefresh();
  const complaints = state.fieldErrors ?? {};
  return (
    <form
      style={{ display: "grid", gap: 12 }}
      onSubmit={(event) => {
        event.preventDefault();
        run({ isNew: !kpi, name, definition: { description, unit, better } }, () => {
          toast.done(`KPI ${name} saved.`);
          void refresh();
          onDone();
        });
      }}
    >
      <TextInput
        label="Name"
        description="Identifier used in events and rollout guardrails, for example order."
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={complaints.name}
        disabled={kpi !== undefined}
        data-autofocus
      />
      <Textarea
        label="Description"
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
        error={complaints["definition.description"]}
        rows={2}
      />
      <TextInput
        label="Unit"
        placeholder="€"
        value={unit}
        onChange={(event) => setUnit(event.currentTarget.value)}
        error={complaints["definition.unit"]}
      />
      <NativeSelect
        label="Better"
        data={["more", "less"]}
        value={better}
        onChange={(event) => setBetter(event.currentTarget.value === "less" ? "less" : "more")}
      />
      {state.error && !complaints.name && <p role="alert">{state.error}</p>}
      <div style={{ display: "flex", justifyContent: "flex-end" }}>
        <Button type="submit" disabled={busy}>
          Save
        </Button>
      </div>
    </form>
  );
}
