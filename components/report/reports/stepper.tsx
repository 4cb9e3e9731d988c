"use client";

import { ActionIcon } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { Link } from "#components/ui/link.tsx";
import classes from "./report-head.module.css";

interface StepperProps {
  /** "week". */
  noun: string;
  previous: string;
  /** Null until the next period has started. */
  next: string | null;
}

/** Renders the links to the previous and the next period. */
export function Stepper({ noun, previous, next }: StepperProps) {
  return (
    <nav className={classes.steps} aria-label={`Other ${noun}s`} data-print="off">
      <Step href={previous} label={`Previous ${noun}`} isBack />
      <Step href={next} label={`Next ${noun}`} />
    </nav>
  );
}

function Step({ href, label, isBack }: { href: string | null; label: string; isBack?: boolean }) {
  const icon = isBack ? <IconChevronLeft size={16} stroke={1.7} /> : <IconChevronRight size={16} stroke={1.7} />;
  if (href === null) {
    return (
      <ActionIcon variant="default" aria-label={`${label} has not started yet`} disabled>
        {icon}
      </ActionIcon>
    );
  }
  return (
    <ActionIcon variant="default" component={Link} href={href} aria-label={label}>
      {icon}
    </ActionIcon>
  );
}
