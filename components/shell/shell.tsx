"use client";

import type { ReactNode } from "react";
import { KeyHelp } from "./key-help.tsx";
import { LiveEvents } from "./live-events.tsx";
import { Palette } from "./palette.tsx";
import classes from "./shell.module.css";
import { ShellProvider, type Viewer } from "./shell-context.tsx";
import { ShellKeys } from "./shell-keys.tsx";
import { Sidebar } from "./sidebar.tsx";

interface ShellProps {
  viewer: Viewer;
  workspaceName: string;
  children: ReactNode;
}

/** The frame of the console around a page: skip links, navigation, palette, keys, event stream. */
export function Shell({ viewer, workspaceName, children }: ShellProps) {
  return (
    <ShellProvider>
      <LiveEvents>
        <a className={classes.skip} href="#content">
          Skip to content
        </a>
        <a className={classes.skip} href="#actions" data-actions>
          Skip to actions
        </a>
        <div className={classes.frame}>
          <Sidebar viewer={viewer} workspaceName={workspaceName} />
          <div className={classes.content}>{children}</div>
        </div>
        <Palette />
        <KeyHelp />
        <ShellKeys />
      </LiveEvents>
    </ShellProvider>
  );
}
