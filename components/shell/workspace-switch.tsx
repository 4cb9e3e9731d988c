"use client";

import { Menu } from "@mantine/core";
import { IconCheck, IconChevronDown } from "@tabler/icons-react";
import { useEffect } from "react";
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
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <button className={classes.switch} type="button" aria-label={`Workspace: ${current.name}. Switch workspace`}>
          <span className={classes.workspace}>{current.name}</span>
          <IconChevronDown size={13} stroke={1.7} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Workspaces</Menu.Label>
        {all.map(({ slug, name }) => (
          // This link reloads the page, so that no data of one workspace stays in the other.
          <Menu.Item
            component="a"
            href={`/w/${slug}/overview`}
            key={slug}
            aria-current={slug === current.slug || undefined}
            rightSection={slug === current.slug && <IconCheck size={14} stroke={1.9} aria-hidden="true" />}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
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
