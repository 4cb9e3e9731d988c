import type { Route, Routing, TimeInterval } from "#server/alerting/alerts/routing/contract.ts";

/** A route with all that it has from those above it. */
interface EffectiveRoute {
  path: string;
  receiver: string;
  groupBy: readonly string[];
  groupWaitMs: number;
  groupIntervalMs: number;
  repeatIntervalMs: number;
}

import { formatSpan } from "#server/watch/slo/engine/contract.ts";

/** Formats "group wait 5 s, group interval 5 min, repeat interval 4 h". */
export function formatTimers({ groupWaitMs, groupIntervalMs, repeatIntervalMs }: EffectiveRoute): string {
  return `group wait ${formatSpan(groupWaitMs)}, group interval ${formatSpan(groupIntervalMs)}, repeat interval ${formatSpan(repeatIntervalMs)}`;
}

/** Formats the grouping, such as "by alertname, service". */
export function formatGrouping({ groupBy }: EffectiveRoute): string {
  if (groupBy.length === 0) return "all in one group";
  return groupBy.includes("...") ? "one group per label set" : `by ${groupBy.join(", ")}`;
}

/** A route of the tree with what it has from those above it, in the order in which they are tried. */
export interface RouteLine {
  route: Route;
  effective: EffectiveRoute;
  depth: number;
}

/** Flattens the tree into lines. @param effective every route with its inherited values, depth first */
export function routeLines({ root }: Routing, effective: readonly EffectiveRoute[]): RouteLine[] {
  const routes: { route: Route; depth: number }[] = [];
  const collect = (route: Route, depth: number) => {
    routes.push({ route, depth });
    for (const child of route.routes) collect(child, depth + 1);
  };
  collect(root, 0);
  return routes.flatMap((line, index) => {
    const own = effective[index];
    return own ? { ...line, effective: own } : [];
  });
}

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** Formats an interval as "Saturday, Sunday 22:00 to 24:00, in Europe/Berlin". */
export function formatInterval({ spans, timeZone }: TimeInterval): string {
  const words = spans.map(({ weekdays, daysOfMonth, months, times }) =>
    [
      weekdays.length > 0 ? weekdays.map((day) => days[day]).join(", ") : "every day",
      daysOfMonth.length > 0 ? `on day ${daysOfMonth.join(", ")} of the month` : "",
      months.length > 0 ? `in month ${months.join(", ")}` : "",
      times.map(({ from, to }) => `${from} to ${to}`).join(" and "),
    ]
      .filter((word) => word !== "")
      .join(" "),
  );
  return `${words.join("; ")}, in ${timeZone}`;
}
