"use client";

import { Button, Popover, TextInput } from "@mantine/core";
import { type ComponentProps, type RefObject, useState } from "react";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { TargetElsewhere } from "#components/ui/target-elsewhere.tsx";
import { useOpenedLater } from "#components/ui/use-opened-later.ts";
import { parseRangeText } from "./parse-range-text.ts";
import classes from "./range-control.module.css";

/** A link to a range. */
interface RangeLink {
  label: string;
  /** Length of the range, where the label does not say it. */
  lengthMs?: number;
  isCurrent?: boolean;
  link: Omit<ComponentProps<typeof Link>, "children">;
}

interface RangeChoicesProps {
  target: RefObject<HTMLButtonElement | null>;
  /** Of which the ids of the button and the choices are made. */
  id: string;
  opened: boolean;
  onChange: (opened: boolean) => void;
  /** Ranges that end now. */
  choices: readonly RangeLink[];
  moments: readonly RangeLink[];
  /** Label of the longest range. */
  longest: string | undefined;
  onChoose: (fixed: { from: number; to: number }) => void;
}

/** Renders the ranges that a page can show, and the form for any other. */
export function RangeChoices({ target, id, opened, onChange, choices, moments, longest, onChoose }: RangeChoicesProps) {
  return (
    <Popover id={id} opened={useOpenedLater(opened)} onChange={onChange} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <TargetElsewhere target={target} />
      </Popover.Target>
      <Popover.Dropdown className={classes.menu} aria-label="Choose a time range">
        <RangeLinks links={choices} />
        <div className={classes.more}>
          <FixedForm longest={longest} onChoose={onChoose} />
          <RangeLinks links={moments} />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function RangeLinks({ links }: { links: readonly RangeLink[] }) {
  return (
    <ul>
      {links.map(({ label, lengthMs, isCurrent, link }) => (
        <li key={label}>
          <Link {...link} aria-current={isCurrent ? "true" : undefined}>
            {label}
            {lengthMs !== undefined && <span className="lw-quiet"> {formatDuration(lengthMs)}</span>}
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** Renders the form for a range between two moments, or one in words, in the time zone of the user. */
function FixedForm({
  longest,
  onChoose,
}: {
  longest: string | undefined;
  onChoose: (fixed: { from: number; to: number }) => void;
}) {
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<{ field: "from" | "words"; text: string }>();
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) {
          const span = parseRangeText(text, Date.now());
          if (span) onChoose(span);
          else setProblem({ field: "words", text: "Not a range. For example: since 02:38." });
          return;
        }
        const [start, end] = [Date.parse(from), to ? Date.parse(to) : Date.now()];
        if (!(end > start)) setProblem({ field: "from", text: "Enter a start that is before the end." });
        else onChoose({ from: start, to: end });
      }}
    >
      <TextInput
        type="datetime-local"
        label="From"
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
        error={problem?.field === "from" && problem.text}
      />
      <TextInput
        type="datetime-local"
        label="To"
        description={`Leave empty for now. At most ${longest}.`}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <TextInput
        label="Or in words"
        description="“since 02:38”, “yesterday 9 to 12”, “13 May”"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={problem?.field === "words" && problem.text}
      />
      <Button type="submit" variant="default" size="xs">
        Show this range
      </Button>
    </form>
  );
}
