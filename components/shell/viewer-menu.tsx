"use client";

import { IconHelp, IconKey, IconLogout } from "@tabler/icons-react";
import { OnCallUntil } from "#components/shell/on-call-until.tsx";
import { MenuButton } from "#components/ui/menu-button.tsx";
import type { Viewer } from "./shell-context.tsx";
import classes from "./sidebar.module.css";

function initials(name: string): string {
  const words = name.split(/[\s.@_-]+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0]?.toUpperCase() ?? "").join("");
}

async function leave(): Promise<void> {
  // Nobody needs its code before.
  const { signOut } = await import("next-auth/react");
  await signOut({ callbackUrl: "/login" });
}

/** Renders the user with their role, and the sign-out button. */
export function ViewerMenu({ viewer }: { viewer: Viewer }) {
  return (
    <MenuButton
      className={classes.viewer}
      heading={viewer.email}
      position="top-start"
      menuWidth={190}
      entries={[
        { label: "Access tokens", href: "/settings/tokens", icon: <IconKey size={15} stroke={1.8} /> },
        { label: "Help", href: "/help", icon: <IconHelp size={15} stroke={1.8} /> },
        { label: "Sign out", icon: <IconLogout size={15} stroke={1.8} />, onClick: () => void leave() },
      ]}
    >
      <span className={classes.initials} aria-hidden="true">
        {initials(viewer.name)}
      </span>
      <span className={classes.person}>
        <strong>{viewer.name}</strong>
        <span>
          <OnCallUntil initial={viewer.shift}>{viewer.role}</OnCallUntil>
        </span>
      </span>
    </MenuButton>
  );
}
