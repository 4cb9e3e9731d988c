"use client";

import type { ReactNode } from "react";
import { lazyDialog, OnceOpened } from "#components/ui/lazy-dialog.tsx";
import { LiveEvents } from "./live-events.tsx";
import { Palette } from "./palette.tsx";
import { placesKey } from "./recent-places.ts";
import { RefreshProvider } from "./refresh.tsx";
import classes from "./shell.module.css";
import { ShellProvider, useShell, type Viewer, type Waiting, type Workspaces } from "./shell-context.tsx";
import { ShellKeys } from "./shell-keys.tsx";
import { Sidebar } from "./sidebar.tsx";
import { useOneWorkspace } from "./workspace-switch.tsx";

const KeyHelp = lazyDialog(() => import("./key-help.tsx").then((module) => module.KeyHelp));

interface ShellProps {
  viewer: Viewer;
  workspaces: Workspaces;
  waiting: Waiting;
  /** Forms that the user may not submit, by address, with the reason. */
  denials: Readonly<Record<string, string>>;
  /** Steps of the set-up; null once all are done or the user has hidden them. */
  setUp: { done: number; total: number } | null;
  children: ReactNode;
}

/** Renders the frame of the console around a page: skip links, navigation, palette, keys, event stream. */
export function Shell({ viewer, workspaces, waiting, denials, setUp, children }: ShellProps) {
  const { slug } = workspaces.current;
  useOneWorkspace(slug);
  return (
    <ShellProvider
      workspaces={workspaces}
      waiting={waiting}
      placesKey={placesKey(slug, viewer.email ?? viewer.name)}
      denials={denials}
      setUp={setUp}
    >
      <RefreshProvider>
        <LiveEvents url={`/w/${slug}/api/v1/events`}>
          <a className={classes.skip} href="#content">
            Skip to content
          </a>
          <a className={classes.skip} href="#actions" data-actions>
            Skip to actions
          </a>
          <div className={classes.frame}>
            <Sidebar viewer={viewer} />
            <div className={classes.content}>{children}</div>
          </div>
          <Palette />
          <Keys />
          <ShellKeys />
        </LiveEvents>
      </RefreshProvider>
    </ShellProvider>
  );
}

/** The list of all keys, which `?` opens. */
function Keys() {
  const { helpOpened, setHelpOpened } = useShell();
  return (
    <OnceOpened opened={helpOpened}>
      <KeyHelp opened={helpOpened} onClose={() => setHelpOpened(false)} />
    </OnceOpened>
  );
}
