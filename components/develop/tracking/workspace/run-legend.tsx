"use client";

import { Checkbox } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconEye, IconEyeOff } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import type { SeriesStyle } from "#components/charts/series-style.ts";
import { formatNumber, noValue, plural } from "#components/ui/format.ts";
import { keysAreFree } from "#components/ui/keys.ts";
import { Link } from "#components/ui/link.tsx";
import { useNow } from "#components/ui/now.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { ChartedGroup, ChartedRun } from "#server/develop/tracking/workspace/contract.ts";
import { runState } from "../runs/run-state.ts";
import { decimalsOf, formatMetric } from "../runs/run-values.ts";
import { groupStyles, toggledEye } from "./chart-lines.ts";
import classes from "./run-legend.module.css";

interface RunLegendProps {
  groups: readonly ChartedGroup[];
  /** Metric whose value stands beside each run. */
  metric: string | undefined;
  /** Path of the experiment. */
  path: string;
  hidden: readonly string[];
  selected: readonly string[];
  onHide: (ids: string[]) => void;
  onSelect: (ids: string[]) => void;
  /** Called to register a model of a run; undefined where the viewer may not. */
  onRegister: ((run: { id: string; name: string }) => void) | undefined;
}

/** Renders the runs as the legend of the charts: eye, box, line and value. J and K move, Space selects, V shows or hides. */
export function RunLegend({ groups, metric, path, hidden, selected, onHide, onSelect, onRegister }: RunLegendProps) {
  const [folded, setFolded] = useState<string[]>([]);
  const styles = groupStyles(groups);
  const all = groups.flatMap(({ runs }) => runs);
  const ids = all.map(({ run }) => run.id);
  const decimals = decimalsOf(all.map(({ value }) => value));
  const list = useRef<HTMLUListElement>(null);
  useListKeys(list);
  const shared = { path, hidden, selected, onHide, onSelect, onRegister, decimals };
  return (
    <>
      <div className={classes.head}>
        <Eye ids={ids} hidden={hidden} onHide={onHide} name="all runs" />
        <span>Run</span>
        <span className={`${classes.value} lw-truncate`} title={metric}>
          {metric}
        </span>
      </div>
      <ul className={classes.list} ref={list} aria-label="Runs on the charts" onKeyDown={(event) => toggleEye(event)}>
        {groups.map((group, index) => {
          const style = styles[index] ?? { colour: "", dash: undefined };
          const [first] = group.runs;
          if (!group.isGroup) return first && <RunRow {...shared} charted={first} style={style} key={first.run.id} />;
          const key = first?.run.id ?? String(index);
          const isFolded = folded.includes(key);
          return (
            <li key={`group ${key}`}>
              <GroupRow
                group={group}
                style={style}
                isFolded={isFolded}
                onFold={() => setFolded(isFolded ? folded.filter((each) => each !== key) : [...folded, key])}
                hidden={hidden}
                onHide={onHide}
                decimals={decimals}
              />
              {!isFolded && (
                <ul className={classes.members}>
                  {group.runs.map((charted) => (
                    <RunRow {...shared} charted={charted} style={style} key={charted.run.id} />
                  ))}
                </ul>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}

interface GroupRowProps extends Pick<RunLegendProps, "hidden" | "onHide"> {
  group: ChartedGroup;
  style: SeriesStyle;
  isFolded: boolean;
  onFold: () => void;
  decimals: number | undefined;
}

function GroupRow({ group, style, isFolded, onFold, hidden, onHide, decimals }: GroupRowProps) {
  const { label, runs, mean, deviation } = group;
  const ids = runs.map(({ run }) => run.id);
  const Chevron = isFolded ? IconChevronRight : IconChevronDown;
  const noun = runs.every(({ detail }) => detail.startsWith("seed ")) ? "seed" : "run";
  return (
    <div className={classes.row} data-group data-hidden={ids.every((id) => hidden.includes(id)) || undefined}>
      <Eye ids={ids} hidden={hidden} onHide={onHide} name={label} />
      <button className={classes.fold} type="button" aria-expanded={!isFolded} data-move onClick={onFold}>
        <Chevron size={14} stroke={1.8} aria-hidden="true" />
        <SeriesSwatch style={style} />
        <strong className="lw-truncate" title={label}>
          {label}
        </strong>
        <span className={classes.detail}>{plural(runs.length, noun)}</span>
      </button>
      <span className={classes.value}>
        <strong>{formatMetric(mean, decimals)}</strong>
        {deviation !== null && (
          <span className="lw-quiet"> ± {formatNumber(deviation, decimals === undefined ? {} : { decimals })}</span>
        )}
      </span>
    </div>
  );
}

type OfRows = "path" | "hidden" | "selected" | "onHide" | "onSelect" | "onRegister";

interface RunRowProps extends Pick<RunLegendProps, OfRows> {
  charted: ChartedRun;
  style: SeriesStyle;
  decimals: number | undefined;
}

function RunRow({ charted, style, path, hidden, selected, onHide, onSelect, onRegister, decimals }: RunRowProps) {
  const { run, value, failure, detail } = charted;
  const { id, name } = run;
  const isSelected = selected.includes(id);
  const { state, word } = runState(run, useNow(10_000));
  return (
    <li className={classes.row} data-hidden={hidden.includes(id) || undefined} data-selected={isSelected || undefined}>
      <Eye ids={[id]} hidden={hidden} onHide={onHide} name={name} />
      <span className={classes.name}>
        <Checkbox
          size="xs"
          data-move
          aria-label={`Select ${name}`}
          checked={isSelected}
          onChange={() => onSelect(isSelected ? selected.filter((each) => each !== id) : [...selected, id])}
        />
        <SeriesSwatch style={style} />
        {run.status !== "FINISHED" && (
          <span title={failure ?? word}>
            <StatusShape state={state} />
            <span className="lw-hidden">{word}</span>
          </span>
        )}
        <Link className={`${classes.link} lw-truncate`} href={`${path}/runs/${id}`} title={name}>
          {name}
        </Link>
        {detail && <span className={`${classes.detail} lw-truncate`}>{detail}</span>}
        {failure && <span className={`${classes.failure} lw-truncate`}>{failure}</span>}
      </span>
      <span className={classes.value}>{value === undefined ? noValue : formatMetric(value, decimals)}</span>
      {onRegister && (
        <button className={classes.register} type="button" onClick={() => onRegister({ id, name })}>
          Register model…<span className="lw-hidden"> of {name}</span>
        </button>
      )}
    </li>
  );
}

interface EyeProps extends Pick<RunLegendProps, "hidden" | "onHide"> {
  ids: string[];
  name: string;
}

/** Renders the button that shows runs on the charts, or hides them. */
function Eye({ ids, hidden, onHide, name }: EyeProps) {
  const isHidden = ids.every((id) => hidden.includes(id));
  const Icon = isHidden ? IconEyeOff : IconEye;
  return (
    <button
      className={classes.eye}
      type="button"
      data-eye
      aria-pressed={!isHidden}
      aria-label={`Show ${name} on the charts`}
      title={isHidden ? "Hidden: show on the charts (V)" : "Shown: hide on the charts (V)"}
      onClick={() => onHide(toggledEye(hidden, ids))}
    >
      <Icon size={15} stroke={1.7} aria-hidden="true" />
    </button>
  );
}

function toggleEye(event: KeyboardEvent) {
  if (event.key.toLowerCase() !== "v" || !keysAreFree(event.nativeEvent)) return;
  const row = (event.target as HTMLElement).closest(`.${classes.row}`);
  row?.querySelector<HTMLElement>("[data-eye]")?.click();
  event.preventDefault();
}

/** Moves through the rows with J and K, also while nothing has the focus. */
function useListKeys(list: React.RefObject<HTMLUListElement | null>) {
  useEffect(() => {
    function listen(event: globalThis.KeyboardEvent) {
      const by = { j: 1, k: -1 }[event.key.toLowerCase()];
      if (by === undefined || !list.current || !keysAreFree(event)) return;
      const isElsewhere = document.activeElement !== document.body && document.activeElement?.id !== "content";
      if (isElsewhere && !list.current.contains(document.activeElement)) return;
      const rows = [...list.current.querySelectorAll<HTMLElement>("[data-move]")];
      const row = document.activeElement?.closest(`.${classes.row}`);
      const at = rows.findIndex((each) => row?.contains(each));
      rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus();
      event.preventDefault();
    }
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [list]);
}
