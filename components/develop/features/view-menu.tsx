"use client";

import { Button, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { usePaletteActions } from "#components/shell/shell-context.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { Link } from "#components/ui/link.tsx";
import { featureViewHref } from "../addresses/feature-view-href.ts";
import { DeleteView, type DeleteViewProps } from "./delete-view.tsx";
import { usePageKey } from "./use-page-key.ts";

interface ViewMenuProps extends Omit<DeleteViewProps, "opened" | "onClose"> {
  /** Reason why editing is disabled: "requires the member role". */
  whyEdit: string | undefined;
  whyDelete: string | undefined;
}

/** Renders the menu that edits (key E) or deletes a feature view. */
export function ViewMenu({ whyEdit, whyDelete, ...deletion }: ViewMenuProps) {
  const router = useRouter();
  const [isDeleting, setIsDeleting] = useState(false);
  const editHref = featureViewHref(deletion.name, "edit");
  const canEdit = whyEdit === undefined;
  usePageKey(canEdit ? "E" : undefined, () => router.push(editHref));
  usePaletteActions(
    useMemo(
      () =>
        canEdit ? [{ id: "edit-view", label: "Edit view…", keys: ["E"], onRun: () => router.push(editHref) }] : [],
      [canEdit, editHref, router],
    ),
  );
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px={9} aria-label={`More actions for ${deletion.name}`}>
            <IconDots size={16} stroke={1.8} aria-hidden="true" />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {canEdit ? (
            <Menu.Item component={Link} href={editHref} rightSection={<Keys keys={["E"]} />}>
              Edit…
            </Menu.Item>
          ) : (
            <Menu.Item disabled>Edit: {whyEdit}</Menu.Item>
          )}
          <Menu.Item
            color="var(--lw-missed-text)"
            disabled={whyDelete !== undefined}
            onClick={() => setIsDeleting(true)}
          >
            {whyDelete === undefined ? "Delete…" : `Delete: ${whyDelete}`}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <DeleteView {...deletion} opened={isDeleting} onClose={() => setIsDeleting(false)} />
    </>
  );
}
