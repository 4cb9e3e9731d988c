import { DomainError } from "#server/base/errors.ts";
import { isTimeZone } from "#server/base/time-zone.ts";
import { checkPattern } from "../matchers/matches.ts";
import type { Route, Routing } from "./contract.ts";
import { minutesOf } from "./time-intervals.ts";
import { allRoutes } from "./walk-routes.ts";

const maxRoutes = 500;
const maxDepth = 10;

/**
 * Checks the rules of a routing that a schema cannot express. @throws DomainError "invalid" that names the route or interval, with its
 * field
 */
export function checkRouting(routing: Routing): void {
  const refuse = (field: string, message: string) => new DomainError("invalid", message, { field });
  const { root, inhibitRules, timeIntervals } = routing;
  if (root.matchers.length > 0)
    throw refuse("root", "The root route matches every alert and cannot have matchers. Add them to a child route.");
  if (root.continue) throw refuse("root", "The root route cannot use continue.");
  if (!root.receiver) throw refuse("root", "The root route needs a receiver for alerts that match no child route.");
  const names = timeIntervals.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw refuse("timeIntervals", `Duplicate time interval name "${twice}".`);
  for (const { name, timeZone, spans } of timeIntervals) {
    if (!isTimeZone(timeZone))
      throw refuse(
        "timeIntervals",
        `Time interval ${name}: unknown time zone "${timeZone}". Use a name such as Europe/Berlin.`,
      );
    if (spans.some(({ daysOfMonth }) => daysOfMonth.includes(0)))
      throw refuse("timeIntervals", `Time interval ${name}: 0 is not a valid day of the month.`);
    const wrong = spans.flatMap(({ times }) => times).find(({ from, to }) => minutesOf(from) >= minutesOf(to));
    if (wrong) {
      const message = `Time interval ${name}: ${wrong.from} is not before ${wrong.to}. Split overnight intervals in two: until 24:00 and from 00:00.`;
      throw refuse("timeIntervals", message);
    }
  }
  for (const { sourceMatchers, targetMatchers } of inhibitRules)
    for (const matcher of [...sourceMatchers, ...targetMatchers]) checkPattern(matcher);
  checkRoute(root, 0, new Set(names));
  if (allRoutes(routing).length > maxRoutes)
    throw refuse("root", `A routing tree can have at most ${maxRoutes} routes.`);
}

function checkRoute(route: Route, depth: number, intervals: ReadonlySet<string>): void {
  if (depth > maxDepth)
    throw new DomainError("invalid", `Routes can be nested at most ${maxDepth} levels deep.`, { field: "root" });
  for (const matcher of route.matchers) checkPattern(matcher);
  const unknown = [...route.muteTimes, ...route.activeTimes].find((name) => !intervals.has(name));
  if (unknown !== undefined) {
    throw new DomainError("invalid", `A route refers to the unknown time interval "${unknown}".`, {
      field: "timeIntervals",
    });
  }
  for (const child of route.routes) checkRoute(child, depth + 1, intervals);
}
