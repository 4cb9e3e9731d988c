"use client";

import { type ReactNode, useId, useRef, useState } from "react";
import classes from "./definition.module.css";
import { lazyDialog, OnceOpened } from "./lazy-dialog.tsx";

export interface DefinitionProps {
  /** The name of the number. */
  name: string;
  /** One sentence. */
  sentence: string;
  /** Formula with the current values filled in; lines are separated by a line break. */
  formula?: string;
  owner?: string;
  /** As-of time and version, in words. */
  asOf?: ReactNode;
  children: ReactNode;
}

const hoverDelayMs = 200;
const load = () => import("./definition-card.tsx").then((module) => module.DefinitionCard);
const DefinitionCard = lazyDialog(load);

/** Renders a dotted underline: hover shows the sentence; click, Enter or long press the full definition. */
export function Definition({ children, ...definition }: DefinitionProps) {
  const [shown, setShown] = useState<"sentence" | "whole">();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const term = useRef<HTMLButtonElement>(null);
  const id = useId();
  const isFull = shown === "whole";

  function hover() {
    // So that it is there after the delay; if it cannot be loaded, the click says so.
    void load().catch(() => {});
    timer.current = setTimeout(() => setShown((before) => before ?? "sentence"), hoverDelayMs);
  }
  function leave() {
    clearTimeout(timer.current);
    setShown((before) => (before === "sentence" ? undefined : before));
  }
  function close() {
    setShown(undefined);
    if (isFull) term.current?.focus({ preventScroll: true });
  }

  return (
    <>
      <button
        className={classes.term}
        type="button"
        ref={term}
        id={`${id}-target`}
        aria-haspopup="dialog"
        aria-expanded={shown !== undefined}
        aria-controls={shown ? `${id}-dropdown` : undefined}
        onMouseEnter={hover}
        onMouseLeave={leave}
        onClick={() => {
          clearTimeout(timer.current);
          if (isFull) close();
          else setShown("whole");
        }}
      >
        {children}
      </button>
      <OnceOpened opened={shown !== undefined}>
        <DefinitionCard {...definition} target={term} id={id} shown={shown} onClose={close} />
      </OnceOpened>
    </>
  );
}
