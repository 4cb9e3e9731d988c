"use client";

import { HoverCard, Popover } from "@mantine/core";
import { type ReactNode, useState } from "react";
import classes from "./definition.module.css";

export interface DefinitionProps {
  /** The name of the number. */
  name: string;
  /** One sentence. */
  sentence: string;
  /** With the present values put in; lines separated by a line break. */
  formula?: string;
  owner?: string;
  /** As-of time and version, in words. */
  asOf?: ReactNode;
  children: ReactNode;
}

/** A dotted underline: hover gives the sentence; click, Enter or long press the whole definition. */
export function Definition({ name, sentence, formula, owner, asOf, children }: DefinitionProps) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} width={360} position="bottom-start" withinPortal trapFocus>
      <HoverCard width={300} position="top-start" disabled={opened} withinPortal>
        <Popover.Target>
          <HoverCard.Target>
            <button
              className={classes.term}
              type="button"
              aria-haspopup="dialog"
              aria-expanded={opened}
              onClick={() => setOpened((was) => !was)}
            >
              {children}
            </button>
          </HoverCard.Target>
        </Popover.Target>
        <HoverCard.Dropdown className={classes.hint}>{sentence}</HoverCard.Dropdown>
      </HoverCard>
      <Popover.Dropdown className={classes.card} aria-label={name}>
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
    </Popover>
  );
}
