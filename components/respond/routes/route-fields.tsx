"use client";

import { Autocomplete, Button, Checkbox, MultiSelect, TagsInput, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import classes from "#components/alerting/alerts/alerts.module.css";
import { type ActionState, unreachable } from "#components/ui/action-state.ts";
import { printMatcher } from "#server/alerting/alerts/matchers/contract.ts";
import { type Route, routeDefaults } from "#server/alerting/alerts/routing/contract.ts";
import own from "./routes.module.css";

/** Reads matchers as they are typed. */
export type ParseMatchers = (text: string) => Promise<ActionState<Route["matchers"]>>;

interface RouteFieldsProps {
  parse: ParseMatchers;
  route: Route;
  receivers: readonly string[];
  /** Names of time intervals. */
  intervals: readonly string[];
  depth?: number;
  onChange: (route: Route) => void;
  onRemove?: () => void;
}

const timers = [
  { key: "groupWaitSeconds", label: "Group wait, s" },
  { key: "groupIntervalSeconds", label: "Group interval, s" },
  { key: "repeatIntervalSeconds", label: "Repeat interval, s" },
] as const;

/** Renders one route with its child routes. Empty fields inherit from the parent. */
export function RouteFields(props: RouteFieldsProps) {
  const { route, parse, receivers, intervals, depth = 0, onChange, onRemove } = props;
  const change = (part: Partial<Route>) => onChange({ ...route, ...part });
  const child = (index: number, to?: Route) =>
    change({ routes: route.routes.flatMap((each, at) => (at === index ? (to ?? []) : each)) });
  const inherited = depth === 0 ? "" : "from above";
  return (
    <fieldset className={own.nested} data-depth={depth || undefined} aria-label={depth === 0 ? "Root" : "Route"}>
      {depth > 0 && <MatchersText route={route} parse={parse} onChange={(matchers) => change({ matchers })} />}
      <div className={classes.row}>
        <Autocomplete
          label="Receiver"
          placeholder={inherited}
          data={[...receivers]}
          value={route.receiver ?? ""}
          onChange={(receiver) => change({ receiver: receiver || undefined })}
        />
        <TagsInput
          label="Grouped by"
          placeholder={route.groupBy ? "" : inherited}
          value={route.groupBy ?? []}
          onChange={(groupBy) => change({ groupBy: groupBy.length > 0 ? groupBy : undefined })}
        />
      </div>
      <div className={classes.row}>
        {timers.map(({ key, label }) => (
          <TextInput
            key={key}
            type="number"
            min={0}
            label={label}
            placeholder={inherited || String(routeDefaults[key])}
            value={route[key] ?? ""}
            onChange={({ currentTarget: { value } }) => change({ [key]: value === "" ? undefined : Number(value) })}
          />
        ))}
      </div>
      {depth > 0 && (
        <div className={classes.row}>
          <MultiSelect
            label="Mute during"
            data={[...intervals]}
            value={route.muteTimes}
            onChange={(muteTimes) => change({ muteTimes })}
          />
          <Checkbox
            className={classes.beside ?? ""}
            label="Continue matching subsequent routes"
            checked={route.continue}
            onChange={(event) => change({ continue: event.currentTarget.checked })}
          />
        </div>
      )}
      {route.routes.map((each, index) => (
        <RouteFields
          // biome-ignore lint/suspicious/noArrayIndexKey: a route is what stands at its place
          key={index}
          parse={parse}
          receivers={receivers}
          intervals={intervals}
          route={each}
          depth={depth + 1}
          onChange={(to) => child(index, to)}
          onRemove={() => child(index)}
        />
      ))}
      <div className={classes.actions}>
        <Button
          variant="default"
          size="xs"
          onClick={() =>
            change({
              routes: [...route.routes, { matchers: [], continue: false, muteTimes: [], activeTimes: [], routes: [] }],
            })
          }
        >
          Add child route
        </Button>
        {onRemove && (
          <Button variant="default" size="xs" onClick={onRemove}>
            Remove route
          </Button>
        )}
      </div>
    </fieldset>
  );
}

interface MatchersTextProps {
  route: Route;
  parse: ParseMatchers;
  onChange: (matchers: Route["matchers"]) => void;
}

function MatchersText({ route, parse, onChange }: MatchersTextProps) {
  const [text, setText] = useState(() => route.matchers.map(printMatcher).join(", "));
  const [problem, setProblem] = useState<string>();
  const newest = useRef(0);
  async function type(next: string) {
    setText(next);
    newest.current += 1;
    const mine = newest.current;
    const { ok, data, error } = await parse(next).catch((): ActionState<Route["matchers"]> => unreachable);
    if (mine !== newest.current) return;
    setProblem(ok ? undefined : error);
    if (ok && data) onChange(data);
  }
  return (
    <TextInput
      className={classes.mono ?? ""}
      label="Matchers"
      description="Leave empty to match everything that earlier routes did not."
      value={text}
      onChange={(event) => void type(event.currentTarget.value)}
      error={problem}
    />
  );
}
