"use client";

import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import {
  IconChevronDown,
  IconChevronRight,
  IconKeyboard,
  IconLink,
  IconMenu2,
  IconMoon,
  IconSun,
} from "@tabler/icons-react";
import { Fragment, type ReactNode } from "react";
import { Link } from "#components/ui/link.tsx";
import { MenuButton } from "#components/ui/menu-button.tsx";
import { useHydrated } from "#components/ui/now.tsx";
import { PlainButton } from "#components/ui/plain-button.tsx";
import { copyLink } from "./copy-link.ts";
import { FixedRange, Freshness } from "./freshness.tsx";
import { useShell } from "./shell-context.tsx";
import classes from "./top-bar.module.css";
import { useRecordPlace } from "./use-record-place.ts";

export interface Crumb {
  label: string;
  /** Path of the page; optional for the last crumb. */
  href?: string;
  /** The menu of the last one: things of the same kind. */
  siblings?: { label: string; href: string }[];
}

interface TopBarProps {
  crumbs: Crumb[];
  live: boolean;
  fixed: boolean;
  controls?: ReactNode;
}

/** Renders breadcrumbs on the left; freshness, the page's controls, copy link, colour scheme and help on the right. */
export function TopBar({ crumbs, live, fixed, controls }: TopBarProps) {
  useRecordPlace(crumbs);
  const { setHelpOpened, setMenuOpened, workspaces } = useShell();
  const { toggleColorScheme } = useMantineColorScheme();
  const hydrated = useHydrated();
  const computed = useComputedColorScheme("light");
  const dark = hydrated && computed === "dark";
  return (
    <header className={classes.bar} data-print="off" data-controls={controls ? true : undefined}>
      <PlainButton className={classes.menu} kind="icon" aria-label="Open menu" onClick={() => setMenuOpened(true)}>
        <IconMenu2 size={18} stroke={1.7} />
      </PlainButton>
      <nav className={classes.crumbs} aria-label="Breadcrumb">
        {crumbs.map((crumb, index) => (
          <Fragment key={crumb.label}>
            {index > 0 && <IconChevronRight size={13} stroke={1.7} aria-hidden="true" className={classes.arrow} />}
            {index < crumbs.length - 1 && crumb.href ? (
              <Link className={classes.crumb} href={crumb.href}>
                {crumb.label}
              </Link>
            ) : (
              <LastCrumb crumb={crumb} />
            )}
          </Fragment>
        ))}
      </nav>
      <div className={classes.right}>
        {live && <Freshness />}
        {fixed && <FixedRange />}
        {controls}
        <PlainButton
          className={classes.spare}
          kind="icon"
          aria-label="Copy link"
          title="Copy link (.)"
          onClick={() => void copyLink(workspaces.current.slug)}
        >
          <IconLink size={16} stroke={1.7} />
        </PlainButton>
        <PlainButton
          kind="icon"
          aria-label={dark ? "Switch to light theme" : "Switch to dark theme"}
          title="Toggle theme (Shift+D)"
          onClick={toggleColorScheme}
        >
          {dark ? <IconMoon size={16} stroke={1.7} /> : <IconSun size={16} stroke={1.7} />}
        </PlainButton>
        <PlainButton
          className={classes.spare}
          kind="icon"
          aria-label="Keyboard shortcuts"
          title="Keyboard shortcuts (?)"
          onClick={() => setHelpOpened(true)}
        >
          <IconKeyboard size={16} stroke={1.7} />
        </PlainButton>
      </div>
    </header>
  );
}

function LastCrumb({ crumb }: { crumb: Crumb }) {
  const { siblings = [] } = crumb;
  if (siblings.length === 0) {
    return (
      <span className={classes.last} aria-current="page">
        {crumb.label}
      </span>
    );
  }
  return (
    <MenuButton className={classes.last} aria-current="page" position="bottom-start" entries={siblings}>
      {crumb.label} <IconChevronDown size={13} stroke={1.7} aria-hidden="true" />
    </MenuButton>
  );
}
