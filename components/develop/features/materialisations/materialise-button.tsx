"use client";

import { Button, Checkbox, Modal, NativeSelect, TextInput } from "@mantine/core";
import { IconDatabaseImport } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, type SubmitEvent, useMemo, useState } from "react";
import { usePaletteActions } from "#components/shell/shell-context.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { StartMaterialisation } from "#server/develop/features/materialisations/contract.ts";
import { materialisationHref } from "../../addresses/materialisation-href.ts";
import { usePageKey } from "../use-page-key.ts";
import { firstEventText } from "./first-event.ts";
import classes from "./materialisations.module.css";

export interface MaterialisableView {
  name: string;
  /** What it is read from: "dataset merchants". */
  source: string;
  /** End of the last materialisation, as ISO text; null before the first. */
  until: string | null;
  /** Whether one is in progress. */
  isActive: boolean;
}

interface MaterialiseButtonProps {
  /** Views whose source Leeway reads. */
  views: readonly MaterialisableView[];
  start: (input: StartMaterialisation) => Promise<ActionState<{ id: string }>>;
  why: string | undefined;
  /** Beside other actions, of which none is more usual. */
  secondary?: boolean;
}

/** Renders the button (key M) and the dialog that materialise a view. */
export function MaterialiseButton({ views, start, why, secondary }: MaterialiseButtonProps) {
  const [opened, setOpened] = useState(false);
  const reason = why ?? (views.length === 0 ? "no view has a source that Leeway reads" : undefined);
  const isOff = reason !== undefined;
  usePageKey(isOff ? undefined : "M", () => setOpened(true));
  usePaletteActions(
    useMemo(
      () => (isOff ? [] : [{ id: "materialise", label: "Materialise…", keys: ["M"], onRun: () => setOpened(true) }]),
      [isOff],
    ),
  );
  return (
    <>
      {reason && <span className="lw-small lw-quiet">{reason}</span>}
      <Button
        variant={secondary ? "default" : "filled"}
        disabled={isOff}
        leftSection={<IconDatabaseImport size={15} stroke={1.8} aria-hidden="true" />}
        rightSection={<Keys keys={["M"]} />}
        onClick={() => setOpened(true)}
      >
        Materialise…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Materialise a view" size={520} yOffset="10vh">
        {opened && <MaterialiseForm views={views} start={start} onDone={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

function MaterialiseForm({
  views,
  start,
  onDone,
}: Omit<MaterialiseButtonProps, "why" | "secondary"> & { onDone: () => void }) {
  const router = useRouter();
  const { state, busy, run } = useAction(start);
  const [name, setName] = useState(views[0]?.name ?? "");
  const [isFull, setFull] = useState(false);
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [restart, setRestart] = useState(false);
  const view = views.find((each) => each.name === name);
  const complaints = state.fieldErrors ?? {};

  function submit(event?: SubmitEvent<HTMLFormElement>) {
    event?.preventDefault();
    const begin = isFull ? firstEventText : from.trim();
    const end = to.trim();
    run({ view: name, restart, ...(begin && { from: begin }), ...(end && { to: end }) }, ({ id }) => {
      toast.done(`Materialising ${name}. Look-ups continue meanwhile.`);
      onDone();
      router.push(materialisationHref(id));
    });
  }
  function submitByKey(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit();
  }

  return (
    <form className={dialog.body} onSubmit={submit} onKeyDown={submitByKey} noValidate>
      <FormProblem state={state} />
      <NativeSelect
        label="View"
        description={view && `Reads ${view.source}`}
        data={views.map((each) => each.name)}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <div className={classes.fields}>
        <TextInput
          label="From"
          description="Event time, UTC"
          placeholder={view?.until ?? "first row"}
          value={isFull ? "" : from}
          disabled={isFull}
          onChange={(event) => setFrom(event.currentTarget.value)}
          error={complaints.from}
        />
        <TextInput
          label="To"
          description="Included"
          placeholder="now"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          error={complaints.to}
        />
      </div>
      <Checkbox
        label="From the first row"
        description="Reads everything again; older values never overwrite newer ones"
        checked={isFull}
        onChange={(event) => setFull(event.currentTarget.checked)}
      />
      {view?.isActive && (
        <Checkbox
          label="Cancel the one in progress, and start again"
          checked={restart}
          onChange={(event) => setRestart(event.currentTarget.checked)}
        />
      )}
      <div className={dialog.buttons}>
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Starting…" : "Materialise"}
        </Button>
      </div>
    </form>
  );
}
