"use client";

import { Modal } from "@mantine/core";
import { useDebouncedValue, useMediaQuery } from "@mantine/hooks";
import { IconDots, IconSearch } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useState } from "react";
import { useQuery } from "#components/ui/queries.ts";
import { readJson } from "#components/ui/wire.ts";
import type { SearchAnswer, SearchKind } from "#server/report/search/contract.ts";
import classes from "./palette.module.css";
import { PaletteChips } from "./palette-chips.tsx";
import type { Entry, Group } from "./palette-entries.ts";
import { type FamilyKey, families, familyLabel, familyOfKind, kindsOfFamily } from "./palette-families.ts";
import { PaletteFoot } from "./palette-foot.tsx";
import { arrange } from "./palette-groups.ts";
import { PaletteList } from "./palette-list.tsx";
import { PalettePreview } from "./palette-preview.tsx";
import { familyOf, type PaletteQuery, peopleKinds, rankLabel, readPaletteQuery } from "./palette-query.ts";
import { readPlaces } from "./recent-places.ts";
import { useShell } from "./shell-context.tsx";
import { usePaletteEntries } from "./use-palette-entries.ts";

/** Time without a key after which the server is asked. */
const pauseMs = 120;

/** Number of hits of each kind of a family that are loaded together, and in all. */
const [pageSize, maxLimit] = [30, 210];

/** Renders the search over everything: a field, chips of kinds, the rows, and what Enter does. */
export function PaletteDialog({ onClose }: { onClose: () => void }) {
  const { placesKey } = useShell();
  const id = useId();
  const isPhone = useMediaQuery("(max-width: 639px)") ?? false;
  const [typed, setTyped] = useState("");
  const [chip, setChip] = useState<FamilyKey>();
  const [limit, setLimit] = useState(pageSize);
  const [chosenId, setChosenId] = useState<string>();
  const [[places, now]] = useState(() => [readPlaces(placesKey), Date.now()] as const);
  const { only, words } = readPaletteQuery(typed);
  const family = familyOf(only) ?? chip;
  const { answer, isSearching, failure } = useSearch({ words, only, family, limit });
  const { matching, recent, actions } = usePaletteEntries({ words, places, answer });

  const shown = only === "ids" ? matching.filter(({ family: of }) => of !== "actions" && of !== "pages") : matching;
  const groups: Group[] =
    words === "" && family !== "actions"
      ? emptyGroups(recent, actions)
      : arrange({
          entries: words === "" ? actions : shown,
          totals: totalsOf(answer),
          uncounted: uncountedOf(answer),
          only: family,
          places,
          now,
        });
  const more = family && words !== "" ? moreRow(groups[0], limit, () => setLimit(limit + pageSize)) : undefined;
  if (more) groups[0]?.entries.push(more);
  const rows = groups.flatMap(({ entries }) => entries);
  const chosen = rows.find((row) => row.id === chosenId) ?? rows[0];
  const suggestion = rows.length === 0 ? answer?.didYouMean : undefined;

  function change(text: string) {
    setTyped(text);
    setLimit(pageSize);
    setChosenId(undefined);
  }

  function choose(key: FamilyKey | undefined) {
    setChip(key);
    setLimit(pageSize);
    setChosenId(undefined);
  }

  function run(entry: Entry, inNewTab: boolean) {
    if (entry.denial) return;
    if (entry.staysOpen) {
      // The arrows continue from the row above, after which the new ones stand.
      setChosenId(rows[rows.indexOf(entry) - 1]?.id);
      entry.run();
      return;
    }
    onClose();
    if (inNewTab && entry.href) window.open(entry.href, "_blank", "noopener");
    else entry.run();
  }

  function move(by: number) {
    if (rows.length === 0) return;
    const at = chosen ? rows.indexOf(chosen) : 0;
    const next = rows[(at + by + rows.length) % rows.length];
    setChosenId(next?.id);
    document.getElementById(optionId(id, next))?.scrollIntoView({ block: "nearest" });
  }

  function nextChip(by: number) {
    const keys = [undefined, ...families.map(({ key }) => key)];
    const available = keys.filter((key) => key === undefined || key === chip || chipCount(key, matching, answer) > 0);
    choose(available[(available.indexOf(chip) + by + available.length) % available.length]);
  }

  function handleKey(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Tab" && words !== "" && familyOf(only) === undefined) nextChip(event.shiftKey ? -1 : 1);
    else if (event.key === "Enter" && suggestion) change(suggestion);
    else if (event.key === "Enter" && chosen) run(chosen, event.metaKey || event.ctrlKey);
    else if (event.key === "k" && (event.metaKey || event.ctrlKey)) onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <Modal.Root
      opened
      onClose={onClose}
      size={912}
      yOffset="8vh"
      padding={0}
      fullScreen={isPhone}
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay blur={0} />
      <Modal.Content className={classes.content} aria-label="Search">
        <Modal.Body className={classes.body} onKeyDown={handleKey}>
          <div className={classes.field}>
            <IconSearch size={18} stroke={1.7} aria-hidden="true" />
            <input
              data-autofocus
              className={classes.input}
              value={typed}
              placeholder="Search or jump to…"
              aria-label="Search or jump to…"
              role="combobox"
              aria-expanded={rows.length > 0}
              aria-controls={`${id}-list`}
              aria-activedescendant={chosen && optionId(id, chosen)}
              aria-autocomplete="list"
              autoComplete="off"
              spellCheck={false}
              onChange={({ currentTarget }) => change(currentTarget.value)}
            />
          </div>
          {words !== "" && familyOf(only) === undefined && (
            <PaletteChips
              chip={chip}
              count={(key) => chipCount(key, matching, answer)}
              uncounted={uncountedOf(answer)}
              onChip={choose}
            />
          )}
          <div className={classes.middle}>
            <PaletteList
              id={id}
              groups={groups}
              words={words}
              chosen={chosen}
              optionId={(entry) => optionId(id, entry)}
              onHover={(entry) => setChosenId(entry.id)}
              onRun={run}
              onAll={choose}
            >
              <Hint
                only={only}
                words={words}
                isEmpty={rows.length === 0}
                isSearching={isSearching}
                failure={failure}
                suggestion={suggestion}
                onSuggestion={change}
              />
            </PaletteList>
            <PalettePreview id={`${id}-preview`} entry={chosen} />
          </div>
          <PaletteFoot onClose={onClose} />
          <div className="lw-hidden" role="status">
            {words !== "" && !isSearching && `${rows.length} results${family ? ` in ${familyLabel(family)}` : ""}`}
          </div>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function optionId(id: string, entry: Entry | undefined): string {
  return entry ? `${id}-${entry.id.replaceAll(/\s/g, "_")}` : "";
}

function emptyGroups(recent: Entry[], actions: Entry[]): Group[] {
  const groups: Group[] = [
    { family: "recent", label: "Recent", entries: recent, total: recent.length, isUncounted: false },
    { family: "actions", label: "Actions", entries: actions, total: actions.length, isUncounted: false },
  ];
  return groups.filter(({ entries }) => entries.length > 0);
}

/** Number of matches of a family: of the server where it found more than it sent. */
function chipCount(key: FamilyKey, matching: readonly Entry[], answer: SearchAnswer | undefined): number {
  const local = matching.filter(({ family }) => family === key).length;
  return Math.max(local, totalsOf(answer)[key] ?? 0);
}

function totalsOf(answer: SearchAnswer | undefined): Partial<Record<FamilyKey, number>> {
  const totals: Partial<Record<FamilyKey, number>> = {};
  for (const [kind, count = 0] of Object.entries(answer?.totals ?? {})) {
    const key = familyOfKind(kind as SearchKind);
    totals[key] = (totals[key] ?? 0) + count;
  }
  return totals;
}

function uncountedOf(answer: SearchAnswer | undefined): Set<FamilyKey> {
  return new Set(answer?.uncounted.map(familyOfKind));
}

/** Row below a family's matches that loads more of each kind; undefined if all are there. */
function moreRow(group: Group | undefined, limit: number, run: () => void): Entry | undefined {
  if (!group || limit >= maxLimit) return undefined;
  const { family, entries, total, isUncounted } = group;
  if (family === "recent" || family === "open" || (total <= entries.length && !isUncounted)) return undefined;
  const id = `more ${family}`;
  const row = { id, family, label: "Show more", icon: IconDots, rank: 0, facts: [], does: "loads more of each kind" };
  return { ...row, run, staysOpen: true };
}

interface Asked {
  words: string;
  only: PaletteQuery["only"];
  family: FamilyKey | undefined;
  /** Maximum number of hits of each kind of the family. */
  limit: number;
}

interface Searched {
  answer: SearchAnswer | undefined;
  isSearching: boolean;
  failure: string | undefined;
}

/** Asks the server after a pause. Until it responds, what was found before and still matches stays. */
function useSearch({ words, only, family, limit }: Asked): Searched {
  const [settled] = useDebouncedValue(words, pauseMs);
  const kinds = only === "people" ? peopleKinds : family ? kindsOfFamily(family) : [];
  const isLocal = family === "actions" && only === "actions";
  const query = new URLSearchParams({ q: settled });
  if (only === "ids") query.set("by", "ids");
  if (kinds.length > 0) {
    query.set("kinds", kinds.join(","));
    query.set("limit", String(limit));
  }
  const { data, isFetching, isPlaceholderData, error } = useQuery({
    queryKey: ["search", query.toString()],
    queryFn: ({ signal }) => readJson<SearchAnswer>(`/api/v1/search?${query}`, signal),
    enabled: settled !== "" && !isLocal,
    staleTime: 10_000,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const isSearching = words !== "" && !isLocal && (isFetching || settled !== words);
  const isOld = isPlaceholderData || settled !== words;
  const failure = error ? error.message : undefined;
  if (!data || words === "") return { answer: undefined, isSearching, failure };
  if (!isOld) return { answer: data, isSearching, failure };
  const items = data.items.filter(({ label, detail }) => rankLabel(label, words, detail) !== undefined);
  return { answer: { items, totals: {}, uncounted: [], actions: [] }, isSearching, failure };
}

interface HintProps {
  only: PaletteQuery["only"];
  words: string;
  isEmpty: boolean;
  isSearching: boolean;
  failure: string | undefined;
  suggestion: string | undefined;
  onSuggestion: (word: string) => void;
}

const hints: Readonly<Record<NonNullable<PaletteQuery["only"]>, string>> = {
  actions: "Type an action: roll back, create, silence.",
  ids: "Type the beginning of an ID or SHA-256.",
  people: "Type the name of a person, a team or a schedule.",
  incidents: "Type a word of an incident, an alert, a rule or a silence.",
};

/** Says below the rows what else there is: a search in progress, a failure, or why there is nothing. */
function Hint({ only, words, isEmpty, isSearching, failure, suggestion, onSuggestion }: HintProps) {
  if (isSearching) return <p className={classes.hint}>Searching…</p>;
  if (failure) return <p className={classes.hint}>Could not search: {failure} Pages and actions still work.</p>;
  if (words === "") return only && isEmpty ? <p className={classes.hint}>{hints[only]}</p> : null;
  if (!isEmpty) return null;
  return (
    <p className={classes.hint}>
      No results.{" "}
      {suggestion ? (
        <>
          Did you mean{" "}
          <button className={classes.suggestion} type="button" tabIndex={-1} onClick={() => onSuggestion(suggestion)}>
            {suggestion}
          </button>
          ? Press Enter to search for it.
        </>
      ) : (
        "Try fewer characters, or the beginning of an ID."
      )}
    </p>
  );
}
