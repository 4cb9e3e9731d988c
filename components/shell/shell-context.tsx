"use client";

import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";

/** Current user of the console. */
export interface Viewer {
  name: string;
  /** In words: "ML engineer", "admin". */
  role: string;
  email?: string | undefined;
  /** The turn on call that they have now; null while they have none. */
  shift: { until: string | null } | null;
}

/** Current workspace, and the others that the user can switch to. */
export interface Workspaces {
  current: { slug: string; name: string };
  others: { slug: string; name: string }[];
}

/** Action offered by the palette under "Do"; it enforces its own rules (reason, role). */
export interface PaletteAction {
  id: string;
  /** Label that starts with a verb, with an ellipsis if the action asks first. */
  label: string;
  detail?: string;
  keys?: string[];
  onRun: () => void;
}

/** Number of items waiting for the user, by path of the navigation entry. */
export type Waiting = Record<string, number>;

/** An action that runs as soon as its page offers it. */
interface PendingAction {
  id: string;
  /** Path of the page. */
  path: string;
  /** Milliseconds since 1970; later it is dropped. */
  until: number;
}

/** Time that a page has to offer the action for which it was opened. */
const pendingMs = 15_000;

interface ShellState {
  workspaces: Workspaces;
  waiting: Waiting;
  /** Key under which the browser stores recent places of this user in this workspace. */
  placesKey: string;
  /** Forms that this user may not submit, by address, with the reason. */
  denials: Readonly<Record<string, string>>;
  /** Steps of the set-up; null once all are done or the user has hidden them. */
  setUp: { done: number; total: number } | null;
  paletteOpened: boolean;
  setPaletteOpened: (opened: boolean) => void;
  helpOpened: boolean;
  setHelpOpened: (opened: boolean) => void;
  menuOpened: boolean;
  setMenuOpened: (opened: boolean) => void;
  actions: PaletteAction[];
  addActions: (actions: PaletteAction[]) => () => void;
  /** Runs an action of another page once that page offers it. */
  runThere: (id: string, href: string) => void;
}

const ShellContext = createContext<ShellState | undefined>(undefined);

type ShellProviderProps = Pick<ShellState, "workspaces" | "waiting" | "placesKey" | "denials" | "setUp"> & {
  children: ReactNode;
};

/** Holds what the parts of the shell share. */
export function ShellProvider({ workspaces, waiting, placesKey, denials, setUp, children }: ShellProviderProps) {
  const [helpOpened, setHelpOpened] = useState(false);
  const [paletteOpened, setPaletteOpened] = useState(false);
  const pending = useRef<PendingAction>(undefined);
  const [menuOpened, setMenuOpened] = useState(false);
  const [sets, setSets] = useState<PaletteAction[][]>([]);
  const state = useMemo<ShellState>(
    () => ({
      workspaces,
      waiting,
      placesKey,
      denials,
      setUp,
      paletteOpened,
      setPaletteOpened,
      helpOpened,
      setHelpOpened,
      menuOpened,
      setMenuOpened,
      actions: sets.flat(),
      addActions: (actions) => {
        setSets((before) => [...before, actions]);
        const due = pending.current;
        // The same action of another page has another subject.
        const action = due && isDue(due) ? actions.find(({ id }) => id === due.id) : undefined;
        if (action) {
          pending.current = undefined;
          action.onRun();
        }
        return () => setSets((before) => before.filter((each) => each !== actions));
      },
      runThere: (id, href) => {
        pending.current = { id, path: pathOf(href), until: Date.now() + pendingMs };
      },
    }),
    [workspaces, waiting, placesKey, denials, setUp, paletteOpened, helpOpened, menuOpened, sets],
  );
  return <ShellContext value={state}>{children}</ShellContext>;
}

function pathOf(href: string): string {
  return href.split(/[?#]/)[0] ?? href;
}

function isDue({ path, until }: PendingAction): boolean {
  return Date.now() < until && window.location.pathname === path;
}

/** Returns the shared state of the shell; only inside the console layout. */
export function useShell(): ShellState {
  const state = useContext(ShellContext);
  if (!state) throw new Error("useShell needs the console layout around it.");
  return state;
}

/** Offers actions of the present page in the palette; `actions` must keep its identity between renders. */
export function usePaletteActions(actions: PaletteAction[]): void {
  const { addActions } = useShell();
  // biome-ignore lint/correctness/useExhaustiveDependencies: addActions changes with every registration
  useEffect(() => addActions(actions), [actions]);
}
