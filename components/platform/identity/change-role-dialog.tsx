"use client";

import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { User } from "#server/platform/identity/contract.ts";
import type { PeopleActions } from "./people-table.tsx";
import { RoleField } from "./role-field.tsx";

interface ChangeRoleDialogProps {
  opened: boolean;
  onClose: () => void;
  user: User;
  action: PeopleActions["changeRole"];
}

/** Renders the dialog that changes a person's role. */
export function ChangeRoleDialog({ opened, onClose, user, action }: ChangeRoleDialogProps) {
  const { state, busy, run } = useAction(action);
  const [role, setRole] = useState(user.role);

  function change() {
    run({ userId: user.id, role }, () => {
      toast.done(`${user.name} is now ${role}.`);
      onClose();
    });
  }
  return (
    <Modal opened={opened} onClose={onClose} title={`Change role of ${user.name}`} size={440} yOffset="14vh">
      <div className={classes.body}>
        <FormProblem state={state} />
        <RoleField value={role} onChange={setRole} />
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            Keep {user.role}
          </Button>
          <Button disabled={role === user.role} aria-disabled={busy} onClick={change}>
            {busy ? "Changing…" : `Change to ${role}`}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
