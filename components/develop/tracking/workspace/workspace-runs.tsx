"use client";

import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { type ReactNode, useEffect, useEffectEvent, useRef } from "react";
import classes from "./workspace-runs.module.css";

interface WorkspaceRunsProps {
  /** Whether the list is open on a narrow page, where it is a drawer; on others it stands beside the charts. */
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** Renders the list of runs at the left of the charts, on narrow pages as a drawer in front of them. */
export function WorkspaceRuns({ isOpen, onClose, children }: WorkspaceRunsProps) {
  const list = useRef<HTMLElement>(null);
  const close = useEffectEvent(onClose);
  useEffect(() => {
    if (!isOpen) return;
    const before = document.activeElement;
    list.current?.focus();
    function listen(event: KeyboardEvent) {
      if (event.key === "Escape" && !event.defaultPrevented) close();
    }
    document.addEventListener("keydown", listen);
    return () => {
      document.removeEventListener("keydown", listen);
      if (before instanceof HTMLElement) before.focus();
    };
  }, [isOpen]);
  return (
    <>
      <section className={classes.runs} ref={list} tabIndex={-1} data-open={isOpen || undefined} aria-label="Runs">
        <ActionIcon className={classes.close} variant="subtle" aria-label="Close the list of runs" onClick={onClose}>
          <IconX size={16} stroke={1.8} aria-hidden="true" />
        </ActionIcon>
        {children}
      </section>
      {isOpen && <div className={classes.behind} aria-hidden="true" onPointerDown={onClose} />}
    </>
  );
}
