import type { Labels } from "../contract.ts";
import { matchesAll } from "../matchers/matches.ts";
import { printMatchers } from "../matchers/print-matchers.ts";
import { type Route, type Routing, routeDefaults } from "./contract.ts";

/** A route with all that it has from those above it. */
export interface EffectiveRoute {
  /** Indices of children from the root, joined by points: "" is the root, "1.0" the first child of its second. */
  path: string;
  /** Its matchers and those of its parents, as at the start of group keys: `{}/{severity="page"}`. */
  key: string;
  /** "root > severity=page", for people. */
  words: string;
  receiver: string;
  groupBy: readonly string[];
  groupWaitMs: number;
  groupIntervalMs: number;
  repeatIntervalMs: number;
  muteTimes: readonly string[];
  activeTimes: readonly string[];
}

interface Node {
  effective: EffectiveRoute;
  route: Route;
  children: Node[];
}

const trees = new WeakMap<Routing, Node>();

/**
 * Returns the routes that an alert takes: depth first, left to right, continuing to the next route only after `continue`
 * (docs/spec/alerting.md section 4).
 */
export function walkRoutes(routing: Routing, labels: Labels): EffectiveRoute[] {
  const tree = treeOf(routing);
  return walk(tree, labels);
}

/** Returns every route of the tree by its path, with inherited values. */
export function allRoutes(routing: Routing): EffectiveRoute[] {
  const collect = ({ effective, children }: Node): EffectiveRoute[] => [effective, ...children.flatMap(collect)];
  return collect(treeOf(routing));
}

function walk({ effective, children }: Node, labels: Labels): EffectiveRoute[] {
  const found: EffectiveRoute[] = [];
  for (const child of children) {
    if (!matchesAll(child.route.matchers, labels)) continue;
    found.push(...walk(child, labels));
    if (!child.route.continue) break;
  }
  return found.length > 0 ? found : [effective];
}

function treeOf(routing: Routing): Node {
  const known = trees.get(routing);
  if (known) return known;
  const tree = nodeOf(routing.root, undefined, "");
  trees.set(routing, tree);
  return tree;
}

function nodeOf(route: Route, above: EffectiveRoute | undefined, path: string): Node {
  const { groupWaitSeconds, groupIntervalSeconds, repeatIntervalSeconds } = route;
  const ms = (seconds: number | undefined, inherited: number | undefined, otherwise: number) =>
    seconds === undefined ? (inherited ?? otherwise * 1000) : seconds * 1000;
  const printed = printMatchers(above ? route.matchers : []);
  const effective: EffectiveRoute = {
    path,
    key: above ? `${above.key}/${printed}` : "{}",
    words: above ? `${above.words} > ${printed.slice(1, -1).replaceAll('"', "") || "everything"}` : "root",
    receiver: route.receiver ?? above?.receiver ?? "default",
    groupBy: route.groupBy ?? above?.groupBy ?? [],
    groupWaitMs: ms(groupWaitSeconds, above?.groupWaitMs, routeDefaults.groupWaitSeconds),
    groupIntervalMs: ms(groupIntervalSeconds, above?.groupIntervalMs, routeDefaults.groupIntervalSeconds),
    repeatIntervalMs: ms(repeatIntervalSeconds, above?.repeatIntervalMs, routeDefaults.repeatIntervalSeconds),
    muteTimes: route.muteTimes,
    activeTimes: route.activeTimes,
  };
  const children = route.routes.map((child, index) =>
    nodeOf(child, effective, path === "" ? String(index) : `${path}.${index}`),
  );
  return { effective, route, children };
}
