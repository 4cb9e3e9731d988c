"use client";

import { Modal } from "@mantine/core";
import { Keys } from "#components/ui/key-hint.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import classes from "./key-help.module.css";
import { allNavItems } from "./nav-items.ts";
import { useShell } from "./shell-context.tsx";

type Lines = [keys: string[], does: string][];

/** All keys, under `?`. */
export function KeyHelp() {
  const { helpOpened, setHelpOpened } = useShell();
  const modKey = useModKey();
  const groups: [string, Lines][] = [
    [
      "Everywhere",
      [
        [[modKey, "K"], "palette"],
        [["/"], "filter or search"],
        [["?"], "all keys"],
        [["."], "copy link"],
        [["Shift", "D"], "light or dark scheme"],
        [["Esc"], "close or clear"],
      ],
    ],
    ["Go to", allNavItems.map((item) => [["G", item.key], item.label.toLowerCase()])],
    [
      "Lists and tables",
      [
        [["J", "K"], "move, also with the arrows"],
        [["Home", "End"], "first, last"],
        [["Enter"], "open"],
        [[modKey, "Enter"], "open beside"],
        [["Space"], "select"],
        [["Shift", "J"], "extend the selection"],
      ],
    ],
    [
      "Charts",
      [
        [["←", "→"], "move the cursor"],
        [["V"], "table view"],
      ],
    ],
    [
      "On call",
      [
        [["A"], "acknowledge"],
        [["S"], "silence"],
        [["R"], "roll back"],
        [["B"], "fall back"],
        [["F"], "freeze changes"],
        [["P"], "page somebody"],
        [["N"], "note"],
        [["X"], "tick the next runbook step"],
        [["E"], "resolve"],
        [["M"], "mine"],
        [["Q"], "queue, where it has no place"],
        [["1", "4"], "verdict: actionable, known, noise, duplicate"],
        [["[", "]"], "shift the time range"],
      ],
    ],
    [
      "Endpoint",
      [
        [["R"], "roll back"],
        [["="], "longer time range"],
        [["-"], "shorter time range"],
      ],
    ],
    [
      "Playground",
      [
        [[modKey, "Enter"], "run"],
        [["Z"], "take a stroke back"],
        [["X"], "clear the pad"],
      ],
    ],
    ["Dialogs", [[[modKey, "Enter"], "confirm"]]],
  ];
  return (
    <Modal opened={helpOpened} onClose={() => setHelpOpened(false)} title="All keys" size={720} padding={20}>
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
