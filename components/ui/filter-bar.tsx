"use client";

import { IconFilter, IconX } from "@tabler/icons-react";
import { useEffect, useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { CompletionList } from "./completion-list.tsx";
import classes from "./filter-bar.module.css";
import { queryTokens } from "./query-tokens.ts";
import { type Complete, type Completion, useCompletion } from "./use-completion.ts";

export interface FilterError {
  /** One sentence: what is wrong and what to write. */
  message: string;
  /** The wrong part, as character positions. */
  from?: number;
  to?: number;
}

interface FilterBarProps {
  /** The query in force, from the address. */
  value: string;
  /** Called on Enter and on clear. */
  onSubmit: (query: string) => void;
  /** For readers: "Filter runs". */
  label: string;
  placeholder?: string;
  /** "18 of 412 runs". */
  result?: string | undefined;
  /** The last good result stays while this is shown. */
  error?: FilterError | undefined;
  /** Suggests what can be written at the caret. */
  complete?: Complete;
}

/** Renders the query as one line with syntax colours. `/` focuses it; Enter applies; Esc restores the active query. */
export function FilterBar({ value, onSubmit, label, placeholder, result, error, complete }: FilterBarProps) {
  const [draft, setDraft] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  const errorId = useId();
  const listId = useId();
  const [caret, setCaret] = useState<number>();
  const { items, active, onKey } = useCompletion({
    complete,
    at: caret === undefined ? undefined : { query: draft, caret },
    onAccept: accept,
  });
  useEffect(() => setDraft(value), [value]);

  function followScroll() {
    if (mirror.current && input.current) mirror.current.scrollLeft = input.current.scrollLeft;
  }
  function accept({ insert, from, to }: Completion) {
    // The space at the end of a completion may already exist.
    const rest = draft.slice(to);
    const text = insert.endsWith(" ") && rest.startsWith(" ") ? insert.slice(0, -1) : insert;
    const index = from + insert.length;
    flushSync(() => setDraft(draft.slice(0, from) + text + rest));
    input.current?.focus();
    input.current?.setSelectionRange(index, index);
    setCaret(index);
    followScroll();
  }
  function followCaret() {
    followScroll();
    setCaret(input.current?.selectionStart ?? undefined);
  }
  const shownError = error && draft === value ? error : undefined;

  return (
    <search>
      <form
        className={classes.bar}
        data-error={shownError ? true : undefined}
        onSubmit={(event) => {
          event.preventDefault();
          setCaret(undefined);
          onSubmit(draft.trim());
        }}
      >
        <IconFilter size={15} stroke={1.7} aria-hidden="true" className={classes.icon} />
        <div className={classes.field}>
          <div className={classes.mirror} ref={mirror} aria-hidden="true">
            <Coloured query={draft} error={shownError} />
          </div>
          <input
            className={classes.input}
            ref={input}
            value={draft}
            aria-label={label}
            aria-invalid={shownError ? true : undefined}
            aria-describedby={shownError ? errorId : undefined}
            data-lw-search
            placeholder={placeholder}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            onScroll={followScroll}
            onChange={(event) => {
              setDraft(event.currentTarget.value);
              followCaret();
            }}
            onClick={followCaret}
            onBlur={() => setCaret(undefined)}
            onKeyUp={(event) => (/^(Arrow(Left|Right)|Home|End)$/.test(event.key) ? followCaret() : followScroll())}
            onKeyDown={(event) => {
              if (onKey(event)) event.preventDefault();
              else if (event.key === "Escape") setDraft(value);
            }}
            {...(complete && {
              role: "combobox",
              "aria-autocomplete": "list",
              "aria-expanded": items.length > 0,
              "aria-controls": listId,
              "aria-activedescendant": items[active] && `${listId}-${active}`,
            })}
          />
          {items.length > 0 && <CompletionList id={listId} items={items} active={active} onAccept={accept} />}
        </div>
        {result && <span className={classes.result}>{result}</span>}
        {draft && (
          <button
            className={classes.clear}
            type="button"
            aria-label="Clear the filter"
            onClick={() => {
              setDraft("");
              onSubmit("");
              input.current?.focus();
            }}
          >
            <IconX size={15} stroke={1.8} aria-hidden="true" />
          </button>
        )}
      </form>
      {shownError && (
        <p className={classes.error} id={errorId} role="alert">
          {shownError.message}
        </p>
      )}
    </search>
  );
}

function Coloured({ query, error }: { query: string; error: FilterError | undefined }) {
  let at = 0;
  return queryTokens(query).map((token) => {
    const start = at;
    at += token.text.length;
    const wrong = error?.from !== undefined && start < (error.to ?? query.length) && at > error.from;
    return (
      <span data-kind={token.kind} data-wrong={wrong || undefined} key={start}>
        {token.text}
      </span>
    );
  });
}
