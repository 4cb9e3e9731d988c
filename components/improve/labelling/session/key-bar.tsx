"use client";

import { digitKeys, type KeyHint, KeyHints } from "#components/improve/labelling/keys/key-hints.tsx";
import { useShell } from "#components/shell/shell-context.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import type { LabelTaskKind } from "#server/improve/labelling/contract.ts";
import classes from "./labeller.module.css";

const kindHints: Record<LabelTaskKind, KeyHint[]> = {
  class: [],
  multilabel: [[["↵"], "submit"]],
  boxes: [
    [["↑", "↓", "←", "→"], "move"],
    [["⇧"], "larger steps"],
    [["⌥ →"], "resize"],
    [["B"], "new box"],
    [["Tab"], "next box"],
    [["⌫"], "delete"],
    [["↵"], "submit"],
  ],
  spans: [
    [["←", "→"], "word"],
    [["⇧ →"], "select"],
    [["Tab"], "next span"],
    [["⌫"], "delete"],
    [["↵"], "submit"],
  ],
  number: [
    [["Tab"], "to the field"],
    [["↵"], "submit"],
    [["Esc"], "leave the field"],
  ],
  text: [
    [["Tab"], "to the field"],
    [["Esc"], "leave the field"],
  ],
  ordinal: [],
};

const digitLabels: Record<LabelTaskKind, string> = {
  class: "label and next",
  multilabel: "choose",
  boxes: "class",
  spans: "label",
  number: "",
  text: "",
  ordinal: "rate and next",
};

interface KeyBarProps {
  taskKind: LabelTaskKind;
  /** Number of choices that have a digit. */
  choices: number;
  hasPicture: boolean;
  hasRow: boolean;
}

/** Renders the keys of labelling, along the bottom. */
export function LabelKeyBar({ taskKind, choices, hasPicture, hasRow }: KeyBarProps) {
  const { setHelpOpened } = useShell();
  const hints: KeyHint[] = [
    ...(choices > 0 ? [[digitKeys(choices), digitLabels[taskKind]] as KeyHint] : []),
    ...kindHints[taskKind],
    [["0"], "cannot tell"],
    [["Z"], "undo"],
    [["S"], "skip"],
    ...(hasRow ? [[["J", "K"], "fields"] as KeyHint] : []),
    ...(hasPicture ? [[["+", "−"], "zoom"] as KeyHint, [["H"], "contrast"] as KeyHint] : []),
    [["G"], "guidelines"],
  ];
  return (
    <section className={classes.keys} aria-label="Keyboard shortcuts">
      <div className={classes.hints}>
        <KeyHints hints={hints} />
      </div>
      <button type="button" onClick={() => setHelpOpened(true)}>
        <Keys keys={["?"]} /> all keys
      </button>
    </section>
  );
}
