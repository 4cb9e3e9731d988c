"use client";

import { Popover } from "@mantine/core";
import { type ReactNode, useRef, useState } from "react";
import classes from "./definition.module.css";

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

/** Renders a dotted underline: hover shows the sentence; click, Enter or long press the full definition. */
export function Definition({ name, sentence, formula, owner, asOf, children }: DefinitionProps) {
  const [shown, setShown] = useState<"sentence" | "whole">();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isFull = shown === "whole";

  function hover() {
    timer.current = setTimeout(() => setShown((before) => before ?? "sentence"), hoverDelayMs);
  }
  function leave() {
    clearTimeout(timer.current);
    setShown((before) => (before === "sentence" ? undefined : before));
  }

  return (
    <Popover
      opened={shown !== undefined}
      onChange={(opened) => !opened && setShown(undefined)}
      width={isFull ? 360 : 300}
      position="bottom-start"
      trapFocus={isFull}
      returnFocus={isFull}
    >
      <Popover.Target>
        <button
          className={classes.term}
          type="button"
          onMouseEnter={hover}
          onMouseLeave={leave}
          onClick={() => {
            clearTimeout(timer.current);
            setShown(isFull ? undefined : "whole");
          }}
        >
          {children}
        </button>
      </Popover.Target>
      {isFull ? (
        <Popover.Dropdown className={classes.card} aria-label={name} tabIndex={-1} data-autofocus>
          <strong>{name}</strong>
          <p className="lw-muted">{sentence}</p>
          {formula && <pre className={classes.formula}>{formula}</pre>}
          {(owner || asOf) && (
            <div className={classes.foot}>
              <span>{owner && `Owner: ${owner}`}</span>
              <span>{asOf}</span>
            </div>
          )}
        </Popover.Dropdown>
      ) : (
        <Popover.Dropdown className={classes.hint} aria-label={name}>
          {sentence}
        </Popover.Dropdown>
      )}
    </Popover>
  );
}
