import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { plural } from "#components/ui/format.ts";
import classes from "./chart-section.module.css";

interface SectionHeadProps {
  title: string;
  /** Number of panels. */
  count: number;
  isFolded: boolean;
  onFold: () => void;
  /** At the right of the line. */
  right?: ReactNode;
}

/** Renders the heading of a section of charts, which folds it. */
export function SectionHead({ title, count, isFolded, onFold, right }: SectionHeadProps) {
  const Chevron = isFolded ? IconChevronRight : IconChevronDown;
  return (
    <div className={classes.line}>
      <h2 className={classes.head}>
        <button className={classes.fold} type="button" aria-expanded={!isFolded} onClick={onFold}>
          <Chevron size={15} stroke={1.8} aria-hidden="true" /> {title}
          <span className={classes.count}>{plural(count, "panel")}</span>
        </button>
      </h2>
      {right}
    </div>
  );
}
