import type { ReactNode } from "react";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import { styleVersions } from "#components/charts/series-style.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import classes from "./palette.module.css";
import type { Entry, Group } from "./palette-entries.ts";
import type { FamilyKey } from "./palette-families.ts";
import { formatTotal } from "./palette-groups.ts";
import { markLabel } from "./palette-query.ts";

interface PaletteListProps {
  id: string;
  groups: readonly Group[];
  words: string;
  chosen: Entry | undefined;
  optionId: (entry: Entry) => string;
  onHover: (entry: Entry) => void;
  onRun: (entry: Entry, inNewTab: boolean) => void;
  /** Shows all matches of a family. */
  onAll: (key: FamilyKey) => void;
  /** Below the rows. */
  children: ReactNode;
}

/** Renders the rows in their groups. The field above has the focus and names the chosen row. */
export function PaletteList({ id, groups, words, chosen, onAll, children, ...rest }: PaletteListProps) {
  return (
    <div className={classes.results}>
      <div className={classes.list} id={`${id}-list`} role="listbox" aria-label="Results">
        {groups.map(({ family, label, entries, total, isUncounted }) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options in a listbox has no element of its own
          <div role="group" aria-label={label} key={family}>
            <div className={classes.head} role="presentation">
              <span aria-hidden="true">{label}</span>
              {(total > entries.length || isUncounted) && family !== "recent" && family !== "open" && (
                <span
                  className={classes.all}
                  role="presentation"
                  onPointerDown={(event) => {
                    event.preventDefault();
                    onAll(family);
                  }}
                >
                  {entries.filter(({ staysOpen }) => !staysOpen).length} of {formatTotal(total, isUncounted)}
                </span>
              )}
            </div>
            {entries.map((entry) => (
              <Row
                entry={entry}
                words={words}
                isChosen={entry === chosen}
                describedBy={`${id}-preview`}
                {...rest}
                key={entry.id}
              />
            ))}
          </div>
        ))}
      </div>
      {children}
    </div>
  );
}

interface RowProps extends Pick<PaletteListProps, "words" | "optionId" | "onHover" | "onRun"> {
  entry: Entry;
  isChosen: boolean;
  describedBy: string;
}

function Row({ entry, words, isChosen, describedBy, optionId, onHover, onRun }: RowProps) {
  const { label, detail, keys, icon: Icon, state, version, denial } = entry;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field handles the keys of all rows
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the chosen row
    <div
      className={classes.row}
      id={optionId(entry)}
      role="option"
      aria-selected={isChosen}
      aria-disabled={denial !== undefined}
      aria-describedby={isChosen ? describedBy : undefined}
      onPointerMove={() => !isChosen && onHover(entry)}
      onClick={(event) => onRun(entry, event.metaKey || event.ctrlKey)}
    >
      <Icon size={16} stroke={1.7} aria-hidden="true" className={classes.icon} />
      <span className={classes.label}>
        {markLabel(label, words).map(({ text, matches, at }) =>
          matches ? <mark key={at}>{text}</mark> : <span key={at}>{text}</span>,
        )}
      </span>
      {detail && <span className={classes.detail}>{detail}</span>}
      <span className={classes.end}>
        {version && (
          <span className={classes.version}>
            <SeriesSwatch style={styleVersions([version])[0] ?? { colour: "currentColor", dash: undefined }} />v
            {version.version}
          </span>
        )}
        {state && <StatusBadge state={state.shape}>{state.word}</StatusBadge>}
        {keys && <Keys keys={keys} />}
      </span>
    </div>
  );
}
