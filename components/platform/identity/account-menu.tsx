"use client";

import { ActionIcon, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type {
  Account,
  DisableUser,
  EnableUser,
  NewPassword,
  ResetPassword,
  RevokeSessionsOfUser,
} from "#server/platform/identity/contract.ts";
import type { ResetSecondFactor } from "#server/platform/identity/second-factor/contract.ts";
import { ResetPasswordDialog } from "./reset-password-dialog.tsx";

export interface AccountActions {
  disable: (input: DisableUser) => Promise<ActionState<Account>>;
  enable: (input: EnableUser) => Promise<ActionState<Account>>;
  resetPassword: (input: ResetPassword) => Promise<ActionState<NewPassword>>;
  endSessions: (input: RevokeSessionsOfUser) => Promise<ActionState<unknown>>;
  resetSecondFactor: (input: ResetSecondFactor) => Promise<ActionState>;
}

interface AccountMenuProps {
  account: Account;
  viewer: { id: string; name: string };
  actions: AccountActions;
}

/** Menu of the actions that an admin of the installation can take on an account. */
export function AccountMenu({ account, viewer, actions }: AccountMenuProps) {
  const [dialog, setDialog] = useState<"password" | "factor" | "sessions" | "disable">();
  const enable = useAction(actions.enable);
  const close = () => setDialog(undefined);
  const { id: userId, name } = account;
  const isSelf = userId === viewer.id;

  async function disable(reason: string) {
    const { ok, error } = await actions.disable({ userId, reason });
    if (ok) toast.done(`The account of ${name} was disabled.`);
    return error;
  }
  async function endSessions(reason: string) {
    const { ok, error } = await actions.endSessions({ userId, reason });
    if (ok) toast.done(`All sessions of ${name} were ended.`);
    return error;
  }
  async function resetSecondFactor(reason: string) {
    const { ok, error } = await actions.resetSecondFactor({ userId, reason });
    if (ok) toast.done(`The authenticator app of ${name} was removed.`);
    return error;
  }
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" aria-label={`Account actions for ${name}`}>
            <IconDots size={16} stroke={1.8} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setDialog("password")}>Reset password…</Menu.Item>
          {account.hasSecondFactor && (
            <Menu.Item onClick={() => setDialog("factor")}>Remove authenticator app…</Menu.Item>
          )}
          <Menu.Item onClick={() => setDialog("sessions")}>End sessions…</Menu.Item>
          {account.disabledAt ? (
            <Menu.Item onClick={() => enable.run({ userId }, () => toast.done(`${name} can sign in again.`))}>
              Enable account
            </Menu.Item>
          ) : (
            <Menu.Item color="var(--lw-missed-text)" disabled={isSelf} onClick={() => setDialog("disable")}>
              {isSelf ? "Disable account: only another admin can do this" : "Disable account…"}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <ResetPasswordDialog
        opened={dialog === "password"}
        onClose={close}
        user={account}
        action={actions.resetPassword}
      />
      <ConfirmWithReason
        opened={dialog === "factor"}
        onClose={close}
        title={`Remove the authenticator app of ${name}?`}
        consequences={[
          { label: "Sign-in", value: "asks for the password only, until they add an app again" },
          { label: "Recovery codes", value: "stop working" },
        ]}
        reasons={["Lost phone and recovery codes"]}
        confirmLabel="Remove"
        cancelLabel="Cancel"
        destructive
        actorName={viewer.name}
        onConfirm={resetSecondFactor}
      />
      <ConfirmWithReason
        opened={dialog === "sessions"}
        onClose={close}
        title={`End all sessions of ${name}?`}
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
        title={`Disable the account of ${name}?`}
        consequences={[
          { label: "Sessions", value: "end immediately, on every device and in every workspace" },
          { label: "Their tokens", value: "are permanently revoked in every workspace" },
          { label: "What they created", value: "stays" },
          { label: "Undo", value: "Enable restores sign-in and memberships, but not the tokens" },
        ]}
        reasons={["Left the company", "Account compromised"]}
        confirmLabel={`Disable ${name}`}
        cancelLabel="Cancel"
        destructive
        actorName={viewer.name}
        onConfirm={disable}
      />
    </>
  );
}
