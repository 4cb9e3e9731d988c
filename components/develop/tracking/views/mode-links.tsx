import { SegmentedLinks } from "#components/ui/tabs.tsx";
import { type RunView, runViewHref } from "./run-view.ts";

interface ModeLinksProps {
  path: string;
  view: RunView;
  /** Whether the experiment has sweeps; without any, there is nothing to switch to. */
  hasSweeps: boolean;
}

/** Switches between the table of runs, their charts and the sweeps; filter, order and selection stay. */
export function ModeLinks({ path, view, hasSweeps }: ModeLinksProps) {
  const item = (mode: RunView["mode"], label: string) => ({
    label,
    href: runViewHref(path, { ...view, mode, isTrash: mode === "table" && view.isTrash, page: 1 }),
    current: view.mode === mode,
  });
  const sweeps = hasSweeps ? [item("sweeps", "Sweeps")] : [];
  return <SegmentedLinks label="Layout" items={[item("table", "Table"), item("charts", "Charts"), ...sweeps]} />;
}
