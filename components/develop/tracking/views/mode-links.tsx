import { SegmentedLinks } from "#components/ui/tabs.tsx";
import { type RunView, runViewHref } from "./run-view.ts";

/** Switches between the table of runs and their charts; filter, order and selection stay. */
export function ModeLinks({ path, view }: { path: string; view: RunView }) {
  const item = (mode: RunView["mode"], label: string) => ({
    label,
    href: runViewHref(path, { ...view, mode, isTrash: mode === "table" && view.isTrash, page: 1 }),
    current: view.mode === mode,
  });
  return <SegmentedLinks label="Layout" items={[item("table", "Table"), item("charts", "Charts")]} />;
}
