"use client";

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";

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

interface ShellState {
  workspaces: Workspaces;
  waiting: Waiting;
  helpOpened: boolean;
  setHelpOpened: (opened: boolean) => void;
  menuOpened: boolean;
  setMenuOpened: (opened: boolean) => void;
  actions: PaletteAction[];
  addActions: (actions: PaletteAction[]) => () => void;
}

const ShellContext = createContext<ShellState | undefined>(undefined);

interface ShellProviderProps {
  workspaces: Workspaces;
  waiting: Waiting;
  children: ReactNode;
}

/** Holds what the parts of the shell share. */
export function ShellProvider({ workspaces, waiting, children }: ShellProviderProps) {
  const [helpOpened, setHelpOpened] = useState(false);
  const [menuOpened, setMenuOpened] = useState(false);
  const [sets, setSets] = useState<PaletteAction[][]>([]);
  const state = useMemo<ShellState>(
    () => ({
      workspaces,
      waiting,
      helpOpened,
      setHelpOpened,
      menuOpened,
      setMenuOpened,
      actions: sets.flat(),
      addActions: (actions) => {
        setSets((before) => [...before, actions]);
        return () => setSets((before) => before.filter((each) => each !== actions));
      },
    }),
    [workspaces, waiting, helpOpened, menuOpened, sets],
  );
  return <ShellContext value={state}>{children}</ShellContext>;
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
