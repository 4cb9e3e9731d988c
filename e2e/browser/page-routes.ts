import { readdirSync } from "node:fs";

const folder = new URL("../../app/", import.meta.url);

/** Returns the route of every page of the console by its folder: "/experiments/[experiment]/runs/[run]". */
export function pageRoutes(): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|\/)page\.tsx$/.test(file))
    .map((file) => {
      const segments = file.split("/").slice(0, -1);
      return `/${segments.filter((segment) => !segment.startsWith("(")).join("/")}`;
    })
    .toSorted();
}

/** Returns the route that serves a path: of those that match, the one with the minimum number of parameters, as the router chooses. */
export function routeOf(address: string, routes: readonly string[]): string | undefined {
  const path = address.split("?", 1)[0]?.split("/") ?? [];
  const isParameter = (segment: string | undefined) => segment?.startsWith("[");
  const parameters = (route: string) => route.split("/").filter(isParameter).length;
  return routes
    .filter((route) => {
      const [rest, segments] = withoutRest(route.split("/"));
      const hasLength = rest ? path.length >= segments.length : path.length === segments.length;
      return hasLength && segments.every((each, at) => isParameter(each) || each === path[at]);
    })
    .toSorted((a, b) => parameters(a) - parameters(b))[0];
}

/** Returns whether a route accepts any number of further segments, "[[...page]]", and the segments before these. */
function withoutRest(segments: string[]): [rest: boolean, segments: string[]] {
  const hasRest = segments.at(-1)?.startsWith("[[...") ?? false;
  return [hasRest, hasRest ? segments.slice(0, -1) : segments];
}
