import type { ReactNode } from "react";
import { Keys } from "#components/ui/key-hint.tsx";
import classes from "./controls.module.css";

interface QuietButtonProps {
  letter: string;
  onClick: () => void;
  isLast?: boolean;
  children: ReactNode;
}

/** Renders an action without an edge, with its key. */
export function QuietButton({ letter, onClick, isLast, children }: QuietButtonProps) {
  return (
    <button
      className={classes.quiet}
      type="button"
      data-last={isLast || undefined}
      onClick={(event) => {
        onClick();
        event.currentTarget.blur();
      }}
    >
      {children} <Keys keys={[letter]} />
    </button>
  );
}
