"use client";

import { Popover } from "@mantine/core";
import type { RefObject } from "react";
import classes from "./definition.module.css";
import type { DefinitionProps } from "./definition.tsx";
import { TargetElsewhere } from "./target-elsewhere.tsx";

interface DefinitionCardProps extends Omit<DefinitionProps, "children"> {
  target: RefObject<HTMLButtonElement | null>;
  /** Of which the ids of the term and the card are made. */
  id: string;
  shown: "sentence" | "whole" | undefined;
  onClose: () => void;
}

/** Renders the sentence or the whole definition of a term that stands elsewhere on the page. */
export function DefinitionCard({ target, id, shown, onClose, ...definition }: DefinitionCardProps) {
  const { name, sentence, formula, owner, asOf } = definition;
  const isFull = shown === "whole";
  return (
    <Popover
      id={id}
      opened={shown !== undefined}
      onChange={(opened) => !opened && onClose()}
      width={isFull ? 360 : 300}
      position="bottom-start"
      trapFocus={isFull}
    >
      <Popover.Target>
        <TargetElsewhere target={target} />
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
