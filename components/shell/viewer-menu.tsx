"use client";

import { Menu } from "@mantine/core";
import { IconHelp, IconKey, IconLogout } from "@tabler/icons-react";
import { signOut } from "next-auth/react";
import { OnCallUntil } from "#components/shell/on-call-until.tsx";
import { Link } from "#components/ui/link.tsx";
import type { Viewer } from "./shell-context.tsx";
import classes from "./sidebar.module.css";

function initials(name: string): string {
  const words = name.split(/[\s.@_-]+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0]?.toUpperCase() ?? "").join("");
}

/** Renders the user with their role, and the sign-out button. */
export function ViewerMenu({ viewer }: { viewer: Viewer }) {
  return (
    <Menu position="top-start" width={190}>
      <Menu.Target>
        <button className={classes.viewer} type="button">
          <span className={classes.initials} aria-hidden="true">
            {initials(viewer.name)}
          </span>
          <span className={classes.person}>
            <strong>{viewer.name}</strong>
            <span>
              <OnCallUntil initial={viewer.shift}>{viewer.role}</OnCallUntil>
            </span>
          </span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {viewer.email && <Menu.Label>{viewer.email}</Menu.Label>}
        <Menu.Item component={Link} href="/settings/tokens" leftSection={<IconKey size={15} stroke={1.8} />}>
          Access tokens
        </Menu.Item>
        <Menu.Item component={Link} href="/help" leftSection={<IconHelp size={15} stroke={1.8} />}>
          Help
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={15} stroke={1.8} />}
          onClick={() => void signOut({ callbackUrl: "/login" })}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
