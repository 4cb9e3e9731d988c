"use client";

import { ActionIcon, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useState } from "react";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { User } from "#server/platform/identity/contract.ts";
import { ChangeRoleDialog } from "./change-role-dialog.tsx";
import type { PeopleActions } from "./people-table.tsx";

interface PersonMenuProps {
  user: User;
  viewer: { id: string; name: string };
  actions: PeopleActions;
}

/** Menu of the actions that an admin can take on a user. */
export function PersonMenu({ user, viewer, actions }: PersonMenuProps) {
  const [dialog, setDialog] = useState<"role" | "disable" | "remove">();
  const enable = useAction(actions.enable);
  const close = () => setDialog(undefined);
  const isSelf = user.id === viewer.id;

  async function disable(reason: string) {
    const { ok, error } = await actions.disable({ userId: user.id, reason });
    if (ok) toast.done(`${user.name} was disabled.`);
    return error;
  }
  async function remove(reason: string) {
    const { ok, error } = await actions.remove({ userId: user.id, reason });
    if (ok) toast.done(`${user.name} was removed.`);
    return error;
  }
  function enableAgain() {
    enable.run({ userId: user.id }, () => toast.done(`${user.name} can use this workspace again.`));
  }

  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" aria-label={`Actions for ${user.name}`}>
            <IconDots size={16} stroke={1.8} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setDialog("role")}>Change role…</Menu.Item>
          {user.disabledAt ? (
            <Menu.Item onClick={enableAgain}>Enable</Menu.Item>
          ) : (
            <Menu.Item color="var(--lw-missed-text)" disabled={isSelf} onClick={() => setDialog("disable")}>
              {isSelf ? "Disable: only another admin can do this" : "Disable…"}
            </Menu.Item>
          )}
          <Menu.Item color="var(--lw-missed-text)" onClick={() => setDialog("remove")}>
            Remove…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ChangeRoleDialog opened={dialog === "role"} onClose={close} user={user} action={actions.changeRole} />
      <ConfirmWithReason
        opened={dialog === "disable"}
        onClose={close}
        title={`Disable ${user.name}?`}
        consequences={[
          { label: "Access to this workspace", value: "ends immediately; other workspaces are not affected" },
          { label: "Their tokens here", value: "are permanently revoked; programs that use them stop working" },
          { label: "What they created", value: "stays" },
          { label: "Undo", value: "Enable restores access, but not the tokens" },
        ]}
        reasons={["Left the company", "Changed teams", "Account compromised"]}
        confirmLabel={`Disable ${user.name}`}
        cancelLabel="Cancel"
        destructive
        actorName={viewer.name}
        onConfirm={disable}
      />
      <ConfirmWithReason
        opened={dialog === "remove"}
        onClose={close}
        title={`Remove ${user.name} from this workspace?`}
        consequences={[
          { label: "Access to this workspace", value: "ends immediately; other workspaces are not affected" },
          { label: "Their tokens here", value: "are permanently revoked; programs that use them stop working" },
          { label: "What they created", value: "stays, with their name" },
          { label: "Undo", value: "only by a new invitation" },
        ]}
        reasons={["Left the company", "Changed teams", "Invited by mistake"]}
        confirmLabel={`Remove ${user.name}`}
        cancelLabel="Cancel"
        destructive
        actorName={viewer.name}
        onConfirm={remove}
      />
    </>
  );
}
