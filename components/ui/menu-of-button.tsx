"use client";

import { Menu } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import type { RefObject } from "react";
import { Link } from "./link.tsx";
import type { MenuEntry } from "./menu-button.tsx";
import { TargetElsewhere } from "./target-elsewhere.tsx";

interface MenuOfButtonProps {
  target: RefObject<HTMLButtonElement | null>;
  /** Of which the ids of the button and the menu are made. */
  id: string;
  heading?: string | undefined;
  entries: readonly MenuEntry[];
  position: "top-start" | "top-end" | "bottom-start" | "bottom-end";
  width?: number | undefined;
  opened: boolean;
  onChange: (opened: boolean) => void;
}

/** Renders the menu of a button that stands elsewhere on the page. */
export function MenuOfButton({ target, heading, entries, ...menu }: MenuOfButtonProps) {
  return (
    <Menu {...menu} returnFocus>
      <Menu.Target>
        <TargetElsewhere target={target} />
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
