"use client";

import { Modal } from "@mantine/core";
import { Keys } from "#components/ui/key-hint.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import classes from "./key-help.module.css";
import { allNavItems } from "./nav-items.ts";

type Lines = [keys: string[], does: string][];

/** Renders the list of all keys. */
export function KeyHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const modKey = useModKey();
  const groups: [string, Lines][] = [
    [
      "Everywhere",
      [
        [[modKey, "K"], "palette"],
        [["/"], "Filter or search"],
        [["?"], "Keyboard shortcuts"],
        [["."], "Copy link"],
        [["Shift", "D"], "Toggle light or dark theme"],
        [["Esc"], "Close or clear"],
      ],
    ],
    ["Go to", allNavItems.map((item) => [["G", item.key], item.label.toLowerCase()])],
    [
      "Lists and tables",
      [
        [["J", "K"], "Move (also with the arrow keys)"],
        [["Home", "End"], "First, last"],
        [["Enter"], "open"],
        [[modKey, "Enter"], "Open beside"],
        [["Space"], "select"],
        [["Shift", "J"], "Extend selection"],
      ],
    ],
    [
      "Charts",
      [
        [["←", "→"], "Move cursor"],
        [["V"], "Table view"],
      ],
    ],
    [
      "Experiments",
      [
        [["V"], "Show or hide a run on the charts"],
        [["P"], "Add panel"],
        [["Z"], "Undo the zoom"],
        [["C"], "Compare selected runs"],
      ],
    ],
    [
      "Endpoints",
      [
        [["1", "0"], "Tabs, from Health to Settings"],
        [["A"], "Acknowledge the open incident"],
        [["[", "]"], "Earlier, later"],
        [["=", "-"], "Wider, narrower time range"],
        [["Z"], "Undo the zoom"],
      ],
    ],
    [
      "On call",
      [
        [["A"], "acknowledge"],
        [["S"], "silence"],
        [["R"], "Roll back"],
        [["B"], "Fall back"],
        [["F"], "Freeze changes"],
        [["P"], "Page the next person, or someone else"],
        [["N"], "note"],
        [["U"], "Post an update"],
        [["I"], "Merge"],
        [["O"], "Split off"],
        [["X"], "Complete the next runbook step"],
        [["E"], "resolve"],
        [["C"], "Not an incident"],
        [["M"], "mine"],
        [["Q"], "Queue (when hidden)"],
        [["1", "4"], "Feedback: actionable, known, noise, duplicate"],
        [["[", "]"], "Shift time range"],
        [["=", "-"], "Wider, narrower time range"],
        [["Z"], "Undo the zoom"],
      ],
    ],
    [
      "Endpoint",
      [
        [["R"], "Roll back"],
        [["="], "Zoom out"],
        [["-"], "Zoom in"],
      ],
    ],
    [
      "Features",
      [
        [["K"], "Look up a key"],
        [["N"], "Create a view"],
        [["T"], "Create a training set"],
        [["E"], "Edit a view"],
        [["M"], "Materialise"],
      ],
    ],
    [
      "Game days",
      [
        [["N"], "Plan a game day; add a note to a running one"],
        [["E"], "Edit the plan"],
        [["A"], "Abort"],
      ],
    ],
    [
      "Jobs",
      [
        [["N"], "Submit a job"],
        [["S"], "Stop"],
        [["X"], "Re-run exactly"],
        [["E"], "Edit and re-run"],
        [["F"], "Follow the log"],
        [["C"], "Checkpoints"],
        [["1", "9"], "Log of an attempt"],
        [["0"], "Log of all attempts"],
      ],
    ],
    [
      "Label queue",
      [
        [["N"], "Create a project"],
        [["L"], "Start labelling"],
      ],
    ],
    [
      "Labelling",
      [
        [["1", "9"], "Label; class of a box or span"],
        [["0"], "Cannot tell"],
        [["Enter"], "Submit"],
        [["Z"], "Undo the last label"],
        [["S"], "skip"],
        [["N"], "note"],
        [["G"], "Guidelines"],
        [["["], "Previous queue"],
        [["]"], "Next queue"],
        [["/"], "Find a class"],
        [["+", "-"], "Zoom"],
        [["H"], "Contrast"],
        [["B"], "New box"],
        [["Tab"], "Next box or span"],
        [["Alt", "←"], "Resize a box, shorten a span"],
        [["Shift", "→"], "Select words, larger steps"],
      ],
    ],
    [
      "Evaluation",
      [
        [["1", "7"], "Open a tab"],
        [["B"], "Swap the versions"],
      ],
    ],
    [
      "Playground",
      [
        [[modKey, "Enter"], "run"],
        [["Z"], "Undo last stroke"],
        [["X"], "Clear drawing"],
      ],
    ],
    ["Dialogs", [[[modKey, "Enter"], "confirm"]]],
  ];
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size={720} padding={20}>
      <div className={classes.groups}>
        {groups.map(([name, lines]) => (
          <section key={name}>
            <h3 className={classes.name}>{name}</h3>
            <dl>
              {lines.map(([keys, does]) => (
                <div className={classes.line} key={keys.join("+")}>
                  <dt>
                    <Keys keys={keys} />
                    <span className="lw-hidden">{keys.join(" ")}</span>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
