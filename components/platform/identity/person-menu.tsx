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
import { ResetPasswordDialog } from "./reset-password-dialog.tsx";

interface PersonMenuProps {
  user: User;
  viewer: { id: string; name: string };
  actions: PeopleActions;
}

/** Menu of the actions that an admin can take on a user. */
export function PersonMenu({ user, viewer, actions }: PersonMenuProps) {
  const [dialog, setDialog] = useState<"role" | "password" | "sessions" | "disable">();
  const enable = useAction(actions.enable);
  const close = () => setDialog(undefined);
  const isSelf = user.id === viewer.id;

  async function disable(reason: string) {
    const { ok, error } = await actions.disable({ userId: user.id, reason });
    if (ok) toast.done(`${user.name} was disabled.`);
    return error;
  }
  async function endSessions(reason: string) {
    const { ok, error } = (await actions.endSessions?.({ userId: user.id, reason })) ?? { ok: false };
    if (ok) toast.done(`All sessions of ${user.name} were ended.`);
    return error;
  }
  function enableAgain() {
    enable.run({ userId: user.id }, () => toast.done(`${user.name} can sign in again.`));
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
          <Menu.Item onClick={() => setDialog("password")}>Reset password…</Menu.Item>
          {actions.endSessions && <Menu.Item onClick={() => setDialog("sessions")}>End sessions…</Menu.Item>}
          {user.disabledAt ? (
            <Menu.Item onClick={enableAgain}>Enable</Menu.Item>
          ) : (
            <Menu.Item color="var(--lw-missed-text)" disabled={isSelf} onClick={() => setDialog("disable")}>
              {isSelf ? "Disable: only another admin can do this" : "Disable…"}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <ChangeRoleDialog opened={dialog === "role"} onClose={close} user={user} action={actions.changeRole} />
      <ResetPasswordDialog opened={dialog === "password"} onClose={close} user={user} action={actions.resetPassword} />
      <ConfirmWithReason
        opened={dialog === "sessions"}
        onClose={close}
        title={`End all sessions of ${user.name}?`}
        consequences={[
          { label: "Sessions", value: "end with their next request, in every workspace" },
          { label: "Password and tokens", value: "stay valid" },
          { label: "Undo", value: "not possible; signing in again is" },
        ]}
        reasons={["Lost device", "Account compromised"]}
        confirmLabel="End sessions"
        cancelLabel="Cancel"
        destructive
        actorName={viewer.name}
        onConfirm={endSessions}
      />
      <ConfirmWithReason
        opened={dialog === "disable"}
        onClose={close}
        title={`Disable ${user.name}?`}
        consequences={[
          { label: "Sessions", value: "end immediately, on every device" },
          { label: "Their tokens", value: "are permanently revoked; programs that use them stop working" },
          { label: "What they created", value: "stays" },
          { label: "Undo", value: "Enable restores sign-in, but not the tokens" },
        ]}
        reasons={["Left the company", "Changed teams", "Account compromised"]}
        confirmLabel={`Disable ${user.name}`}
        cancelLabel="Cancel"
        destructive
        actorName={viewer.name}
        onConfirm={disable}
      />
    </>
  );
}
