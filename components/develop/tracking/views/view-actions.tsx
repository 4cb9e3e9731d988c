"use client";

import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconDots, IconPlus } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import type { CreateView, DeleteView, SavedView, UpdateView } from "#server/develop/tracking/views/contract.ts";
import { useQuietAddress } from "../use-quiet-address.ts";
import { isChanged, readRunView, toState } from "./run-view.ts";
import { ViewNameDialog } from "./view-name-dialog.tsx";

export interface ViewActionsProps {
  experimentId: number;
  /** The saved view that is shown; undefined when none is. */
  saved: SavedView | undefined;
  /** Reason why nothing can be saved: "needs the role member". */
  why: string | undefined;
  actions: {
    create: (input: CreateView) => Promise<ActionState<SavedView>>;
    update: (input: UpdateView) => Promise<ActionState<SavedView>>;
    remove: (input: DeleteView) => Promise<ActionState>;
  };
}

/** Saves the view under a name, or changes, renames and deletes the one shown. */
export function ViewActions({ experimentId, saved, why, actions }: ViewActionsProps) {
  const router = useRouter();
  const refresh = useRefresh();
  // From the address itself: widths and the charts change it without another page.
  const view = readRunView(Object.fromEntries(useQuietAddress().parameters), saved ? [saved] : []);
  const [dialog, setDialog] = useState<"save" | "rename">();
  const path = `/experiments/${experimentId}`;
  const changed = saved && isChanged(view, saved);
  const close = () => setDialog(undefined);

  async function create({ name, isOwn }: { name: string; isOwn: boolean }) {
    const result = await actions.create({ experimentId, name, isOwn, state: toState(view) });
    if (!result.ok || !result.data) return result.error ?? result.fieldErrors?.name ?? "Could not save the view.";
    close();
    router.push(`${path}?view=${result.data.id}`, { scroll: false });
    return undefined;
  }
  async function update(change: Omit<UpdateView, "viewId">, words: string) {
    if (!saved) return undefined;
    const result = await actions.update({ viewId: saved.id, ...change });
    if (!result.ok) return result.error ?? result.fieldErrors?.name ?? "Could not update the view.";
    close();
    toast.done(words);
    router.push(`${path}?view=${saved.id}`, { scroll: false });
    refresh();
    return undefined;
  }
  async function saveChanges() {
    const error = await update({ state: toState(view) }, `View ${saved?.name} updated.`);
    if (error) toast.failed("Could not update the view.", error);
  }
  async function remove() {
    if (!saved) return;
    const { name, isOwn, state } = saved;
    const result = await actions.remove({ viewId: saved.id });
    if (!result.ok) return toast.failed("Could not delete the view.", result.error);
    const again = async () => {
      const result = await actions.create({ experimentId, name, isOwn, state });
      if (result.data) router.push(`${path}?view=${result.data.id}`, { scroll: false });
      else toast.failed("Could not restore the view.", result.error);
    };
    toast.done(`View ${name} deleted.`, { label: "Undo", onClick: () => void again() });
    router.push(path, { scroll: false });
  }

  if (why) return null;
  return (
    <>
      {changed && (
        <>
          <span className="lw-small lw-quiet">edited</span>
          <Button size="xs" variant="default" onClick={saveChanges}>
            Save changes
          </Button>
        </>
      )}
      {(!saved || changed) && !view.isTrash && (
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
          onClick={() => setDialog("save")}
        >
          {saved ? "Save as new view…" : "Save view…"}
        </Button>
      )}
      {saved && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" aria-label={`Actions for the view ${saved.name}`}>
              <IconDots size={16} stroke={1.8} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setDialog("rename")}>Rename…</Menu.Item>
            <Menu.Item color="var(--lw-missed-text)" onClick={remove}>
              Delete
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <ViewNameDialog title="Save view" opened={dialog === "save"} canBeOwn onClose={close} onConfirm={create} />
      <ViewNameDialog
        title="Rename view"
        opened={dialog === "rename"}
        name={saved?.name}
        onClose={close}
        onConfirm={({ name }) => update({ name }, `View renamed to ${name}.`)}
      />
    </>
  );
}
