import { printYaml } from "#server/base/yaml.ts";
import { printMatcher } from "../matchers/print-matchers.ts";
import type { Route, Routing, TimeInterval } from "../routing/contract.ts";
import { routeDefaults } from "../routing/contract.ts";

/**
 * Prints routing as an Alertmanager configuration file, for `amtool config`. Receivers are listed by name only: their settings are
 * secret.
 */
export function printConfig(routing: Routing, receivers: readonly string[]): string {
  const { inhibitRules, timeIntervals, resolveTimeoutSeconds } = routing;
  const root = { receiver: "default", ...routeDefaults, ...routing.root };
  const named = new Set([...receivers, ...receiversOf(root)]);
  return printYaml({
    global: { resolve_timeout: `${resolveTimeoutSeconds}s` },
    route: printRoute(root),
    ...(inhibitRules.length > 0 && {
      inhibit_rules: inhibitRules.map(({ sourceMatchers, targetMatchers, equal }) => ({
        source_matchers: sourceMatchers.map(printMatcher),
        target_matchers: targetMatchers.map(printMatcher),
        equal,
      })),
    }),
    receivers: [...named].sort().map((name) => ({ name })),
    ...(timeIntervals.length > 0 && { time_intervals: timeIntervals.map(printInterval) }),
  });
}

function receiversOf({ receiver, routes }: Route): string[] {
  return [...(receiver === undefined ? [] : [receiver]), ...routes.flatMap(receiversOf)];
}

function printRoute(route: Route): Record<string, unknown> {
  const seconds = (value: number | undefined) => (value === undefined ? undefined : `${value}s`);
  const unlessEmpty = <One>(list: readonly One[]) => (list.length > 0 ? list : undefined);
  const printed = {
    receiver: route.receiver,
    matchers: unlessEmpty(route.matchers.map(printMatcher)),
    group_by: route.groupBy,
    group_wait: seconds(route.groupWaitSeconds),
    group_interval: seconds(route.groupIntervalSeconds),
    repeat_interval: seconds(route.repeatIntervalSeconds),
    continue: route.continue || undefined,
    mute_time_intervals: unlessEmpty(route.muteTimes),
    active_time_intervals: unlessEmpty(route.activeTimes),
    routes: unlessEmpty(route.routes.map(printRoute)),
  };
  return Object.fromEntries(Object.entries(printed).filter(([, value]) => value !== undefined));
}

const weekdayNames = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

function printInterval({ name, timeZone, spans }: TimeInterval) {
  return {
    name,
    time_intervals: spans.map(({ weekdays, daysOfMonth, months, times }) => ({
      ...(times.length > 0 && { times: times.map(({ from, to }) => ({ start_time: from, end_time: to })) }),
      ...(weekdays.length > 0 && { weekdays: weekdays.map((day) => weekdayNames[day]) }),
      ...(daysOfMonth.length > 0 && { days_of_month: daysOfMonth.map(String) }),
      ...(months.length > 0 && { months: months.map(String) }),
      location: timeZone,
    })),
  };
}
