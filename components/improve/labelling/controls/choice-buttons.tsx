"use client";

import { TextInput } from "@mantine/core";
import { type RefObject, useState } from "react";
import type { Choice } from "#components/improve/labelling/keys/label-keys.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import classes from "./controls.module.css";

interface ChoiceButtonsProps {
  choices: readonly Choice[];
  chosen: readonly string[];
  /** Colours beside the names, for spans. */
  colorOf?: (name: string) => string;
  onChoose: (name: string) => void;
  /** The field that finds classes without a digit. */
  searchField: RefObject<HTMLInputElement | null>;
  isDisabled?: boolean;
}

/** Renders the classes as buttons with their digits; more than nine are found by typing. */
export function ChoiceButtons({ choices, chosen, colorOf, onChoose, searchField, isDisabled }: ChoiceButtonsProps) {
  const [query, setQuery] = useState("");
  const hasMore = choices.some(({ digit }) => digit === null);
  const asked = query.trim().toLowerCase();
  const found = asked === "" ? [] : choices.filter(({ title }) => title.toLowerCase().includes(asked)).slice(0, 12);
  const shown = asked === "" ? choices.filter(({ digit, name }) => digit !== null || chosen.includes(name)) : found;
  const choose = (name: string) => {
    setQuery("");
    onChoose(name);
  };
  return (
    <div className={classes.choose}>
      <fieldset className={classes.choices} aria-label="Classes">
        {shown.map(({ name, title, digit }) => (
          <button
            className={classes.choice}
            type="button"
            aria-pressed={chosen.includes(name)}
            disabled={isDisabled}
            onClick={(event) => {
              choose(name);
              // Enter submits afterwards, not this button again.
              event.currentTarget.blur();
            }}
            key={name}
          >
            {colorOf && <span className={classes.swatch} style={{ background: colorOf(name) }} aria-hidden="true" />}
            <span className={classes.title}>{title}</span>
            {digit !== null && <Keys keys={[digit]} />}
          </button>
        ))}
      </fieldset>
      {hasMore && (
        <TextInput
          ref={searchField}
          aria-label="Find a class"
          placeholder={`Find one of ${choices.length} classes`}
          rightSection={<Keys keys={["/"]} />}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            const [first] = found;
            if (event.key === "Escape") setQuery("");
            if (event.key !== "Enter" || !first) return;
            event.preventDefault();
            event.stopPropagation();
            event.currentTarget.blur();
            choose(first.name);
          }}
          data-lw-find
        />
      )}
    </div>
  );
}
