"use client";

import { Menu } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { type RefCallback, type RefObject, useLayoutEffect } from "react";
import { Link } from "./link.tsx";
import type { MenuEntry } from "./menu-button.tsx";

interface MenuOfButtonProps {
  target: RefObject<HTMLButtonElement | null>;
  /** Of which the ids of the button and the menu are made. */
  id: string;
  heading?: string | undefined;
  entries: readonly MenuEntry[];
  position: "top-start" | "bottom-start" | "bottom-end";
  width?: number | undefined;
  opened: boolean;
  onChange: (opened: boolean) => void;
}

/** Renders the menu of a button that stands elsewhere on the page. */
export function MenuOfButton({ target, heading, entries, ...menu }: MenuOfButtonProps) {
  return (
    <Menu {...menu} returnFocus>
      <Menu.Target>
        <Reference target={target} />
      </Menu.Target>
      <Menu.Dropdown>
        {heading && <Menu.Label>{heading}</Menu.Label>}
        {entries.map((entry) => (
          <Entry entry={entry} key={entry.href ?? entry.label} />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

const current = <IconCheck size={14} stroke={1.9} aria-hidden="true" />;

function Entry({ entry: { label, icon, href, reloads, isCurrent, onClick } }: { entry: MenuEntry }) {
  const shared = { leftSection: icon, rightSection: isCurrent && current, "aria-current": isCurrent || undefined };
  if (href === undefined) {
    return (
      <Menu.Item {...shared} onClick={onClick}>
        {label}
      </Menu.Item>
    );
  }
  return reloads ? (
    <Menu.Item {...shared} component="a" href={href}>
      {label}
    </Menu.Item>
  ) : (
    <Menu.Item {...shared} component={Link} href={href}>
      {label}
    </Menu.Item>
  );
}

/** Names the button as the place of the menu. It renders nothing, since the button stands on the page before the menu is loaded. */
function Reference({ target, ref }: { target: MenuOfButtonProps["target"]; ref?: RefCallback<HTMLButtonElement> }) {
  useLayoutEffect(() => {
    ref?.(target.current);
    return () => void ref?.(null);
  }, [target, ref]);
  return null;
}
