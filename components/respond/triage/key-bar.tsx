"use client";

import { useShell } from "#components/shell/shell-context.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import classes from "./board.module.css";

const hints: [string[], string][] = [
  [["J", "K"], "move"],
  [["A"], "acknowledge"],
  [["R"], "roll back"],
  [["B"], "fall back"],
  [["S"], "silence"],
  [["F"], "freeze"],
  [["P"], "page next"],
  [["N"], "note"],
  [["U"], "post update"],
  [["E"], "resolve"],
  [["X"], "complete step"],
  [["1", "4"], "feedback"],
  [["[", "]"], "shift time"],
];

/** Renders the keys of the board, along the bottom. */
export function KeyBar() {
  const { setHelpOpened } = useShell();
  return (
    <section className={classes.keys} aria-label="Keyboard shortcuts">
      <div className={classes.hints}>
        {hints.map(([keys, does]) => (
          <span key={does}>
            <Keys keys={keys} /> {does}
          </span>
        ))}
      </div>
      <button type="button" onClick={() => setHelpOpened(true)}>
        <Keys keys={["?"]} /> Keyboard shortcuts
      </button>
    </section>
  );
}
