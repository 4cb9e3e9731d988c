import type { ImportLine } from "./import-lines.ts";

/** The floors of server/, from the ground up. A file imports its own floor and those below it. */
export const floors = [
  "stats",
  "base",
  "platform",
  "develop",
  "serve",
  "alerting",
  "watch",
  "release",
  "improve",
  "respond",
  "report",
  "admin",
  "http",
  "roles",
  "testing",
];

/** The floors of components/: parts without domain words first, then the same floors as in server/. */
const componentFloors = ["ui", "charts", "shell", ...floors];

/** The entry of all processes lies above its roles' folder, and is of their floor. */
const entry = "server/main.ts";

/** Returns the floor of a file. @throws for a file outside all floors */
export function floorOf(file: string): string {
  const [top, floor = ""] = file.split("/");
  if (file === entry) return "roles";
  const known = floorsOf(top);
  if (!known.includes(floor)) throw new Error(`${file} is on no floor. Floors are: ${known.join(", ")}.`);
  return floor;
}

function floorsOf(top: string | undefined): string[] {
  return top === "components" ? componentFloors : floors;
}

function heightOf(file: string): number {
  return floorsOf(file.split("/", 1)[0]).indexOf(floorOf(file));
}

/** Returns a file's floor and folder: "serve/pool"; for a file beside the folders, the floor alone: "serve". */
function folderOf(file: string): string {
  const parts = file.split("/");
  return parts.length > 3 ? `${floorOf(file)}/${parts[2]}` : floorOf(file);
}

/** Describes the import lines that lead from a lower floor to a higher one. */
export function upwardImports(lines: readonly ImportLine[]): string[] {
  return lines
    .filter(({ file, target }) => heightOf(target) > heightOf(file))
    .map(({ file, line, target }) => {
      return `${file}:${line} is on the floor ${floorOf(file)} and imports ${target}, which is above it on ${floorOf(target)}.`;
    });
}

/**
 * Finds folders of one floor that import each other, directly or indirectly, with the import lines between them. Of cycles that share a
 * folder, only the shortest is reported, and of equally short ones the one with the smallest number of lines, because unintended imports
 * are few.
 */
export function circles(lines: readonly ImportLine[]): string[] {
  const arrows = arrowsOf(lines);
  const inCircles = new Set<string>();
  const found: string[] = [];
  const minFirst = [...arrows.keys()]
    .map((folder) => minCircle(folder, arrows))
    .filter((circle) => circle !== undefined)
    .sort((a, b) => a.length - b.length || linesOf(a, arrows).length - linesOf(b, arrows).length);
  for (const circle of minFirst) {
    if (circle.some((folder) => inCircles.has(folder))) continue;
    for (const folder of circle) inCircles.add(folder);
    const own = linesOf(circle, arrows).map(({ file, line, target }) => `  ${file}:${line} imports ${target}`);
    found.push([`${[...circle, circle[0]].join(" → ")}:`, ...own].join("\n"));
  }
  return found;
}

/** Returns the folders on the shortest path from one back to itself, in order; undefined without such a path. */
function minCircle(start: string, arrows: Arrows): string[] | undefined {
  const ways = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of arrows.get(way.at(-1) ?? "")?.keys() ?? []) {
      if (next === start) return way;
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}

function linesOf(circle: readonly string[], arrows: Arrows): ImportLine[] {
  return circle.flatMap((from, index) => arrows.get(from)?.get(circle[(index + 1) % circle.length] ?? "") ?? []);
}

type Arrows = Map<string, Map<string, ImportLine[]>>;

/** Groups the lines between different folders of one floor by importing and imported folder. */
function arrowsOf(lines: readonly ImportLine[]): Arrows {
  const arrows: Arrows = new Map();
  for (const line of lines) {
    const [from, to] = [folderOf(line.file), folderOf(line.target)];
    if (from === to || floorOf(line.file) !== floorOf(line.target)) continue;
    const own = arrows.get(from) ?? new Map<string, ImportLine[]>();
    arrows.set(from, own);
    own.set(to, [...(own.get(to) ?? []), line]);
  }
  return arrows;
}
