import type { LabelConfig } from "../contract.ts";

/** How a control differs between two configurations. Classes are told apart by the name that results use. */
export interface ControlChange {
  control: string;
  /** Whether the control itself came, left, or asks something of another kind. */
  change: "added" | "removed" | "retyped" | "classes";
  added: string[];
  /** Same name in results, other text on screen. */
  renamed: { name: string; from: string; to: string }[];
  removed: string[];
}

/** Compares two configurations control by control; controls without a difference are left out. */
export function compareLabelConfigs(before: LabelConfig, after: LabelConfig): ControlChange[] {
  const earlier = new Map(before.controls.map((control) => [control.name, control]));
  const later = new Map(after.controls.map((control) => [control.name, control]));
  return [...new Set([...earlier.keys(), ...later.keys()])].flatMap((name) => {
    const [from, to] = [earlier.get(name), later.get(name)];
    const titles = new Map(from?.classes.map((one) => [one.name, one.title]));
    const kept = new Set(to?.classes.map((one) => one.name));
    const change: ControlChange = {
      control: name,
      change: changeOf(from?.kind, to?.kind),
      added: [...kept].filter((one) => !titles.has(one)),
      renamed: (to?.classes ?? []).flatMap((one) => {
        const title = titles.get(one.name);
        return title === undefined || title === one.title ? [] : [{ name: one.name, from: title, to: one.title }];
      }),
      removed: [...titles.keys()].filter((one) => !kept.has(one)),
    };
    const isSame =
      change.change === "classes" && change.added.length + change.renamed.length + change.removed.length === 0;
    return isSame ? [] : [change];
  });
}

function changeOf(from: string | undefined, to: string | undefined): ControlChange["change"] {
  if (from === undefined) return "added";
  if (to === undefined) return "removed";
  return from === to ? "classes" : "retyped";
}
