"use client";

import { Radio } from "@mantine/core";
import classes from "#components/ui/dialog.module.css";
import { roleMeanings, roles } from "#server/platform/identity/constants.ts";
import type { Role } from "#server/platform/identity/contract.ts";

/** Renders the choice of a role, each with its permissions. */
export function RoleField({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  return (
    <Radio.Group label="Role" value={value} onChange={(role) => onChange(role as Role)}>
      <div className={classes.choice}>
        {roles.map((role) => (
          <Radio key={role} value={role} label={role} description={roleMeanings[role]} size="xs" />
        ))}
      </div>
    </Radio.Group>
  );
}
