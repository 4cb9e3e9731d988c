"use client";

import { IconChevronDown } from "@tabler/icons-react";
import { useEffect } from "react";
import { MenuButton } from "#components/ui/menu-button.tsx";
import type { Workspaces } from "./shell-context.tsx";
import classes from "./sidebar.module.css";

/** Renders the current workspace; a menu if the user has others. */
export function WorkspaceSwitch({ workspaces }: { workspaces: Workspaces }) {
  const { current, others } = workspaces;
  if (others.length === 0) {
    return (
      <span className={classes.workspace} title={current.name}>
        {current.name}
      </span>
    );
  }
  const all = [current, ...others].sort((one, other) => one.name.localeCompare(other.name));
  return (
    <MenuButton
      className={classes.switch}
      aria-label={`Workspace: ${current.name}. Switch workspace`}
      heading="Workspaces"
      position="bottom-end"
      menuWidth={220}
      entries={all.map(({ slug, name }) => ({
        label: name,
        href: `/w/${slug}/overview`,
        // So that no data of one workspace stays in the other.
        reloads: true,
        isCurrent: slug === current.slug,
      }))}
    >
      <span className={classes.workspace}>{current.name}</span>
      <IconChevronDown size={13} stroke={1.7} aria-hidden="true" />
    </MenuButton>
  );
}

/**
 * Keeps all tabs of a browser in one workspace. When one tab switches to another workspace, the other tabs follow, so that none acts in
 * one workspace while it shows another.
 */
export function useOneWorkspace(slug: string): void {
  useEffect(() => {
    const channel = new BroadcastChannel("leeway-workspace");
    channel.onmessage = ({ data }) => {
      if (data !== slug) window.location.assign("/overview");
    };
    channel.postMessage(slug);
    return () => channel.close();
  }, [slug]);
}
