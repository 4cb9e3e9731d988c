import { watch } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RoleName, roleNames } from "../role.ts";
import { SourceGraph } from "./source-graph.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const watched = ["server", "db"];
/** Editors write a file in several steps, and a branch switch writes many files. */
const settleMs = 80;

interface Actions {
  /** Restarts the processes of a role. */
  restart(role: RoleName): void;
  /** Applies new migrations; runs before the roles restart. */
  migrate(): Promise<void>;
  /** Prints a line for people. */
  say(line: string): void;
}

/**
 * Restarts a role when a file that it loads changes. Pages need no restart: Next reloads them.
 * @returns a function that stops watching
 */
export function restartOnChange(actions: Actions): () => void {
  const graph = new SourceGraph(root);
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let applying = Promise.resolve();

  const apply = async () => {
    const files = [...changed];
    changed.clear();
    // A role that loaded a file before the change restarts, and so does one that loads it since.
    const before = await rolesLoading(graph, files);
    for (const file of files) graph.invalidate(file);
    const after = await rolesLoading(graph, files);
    const hasMigration = files.some((file) => file.startsWith(join(root, "db", "migrations")) && file.endsWith(".sql"));
    const roles = roleNames.filter((role) => hasMigration || before.has(role) || after.has(role));
    if (roles.length === 0) return;
    actions.say(
      `Changed: ${files.map((file) => file.slice(root.length)).join(", ")}. Restarting: ${roles.join(", ")}.`,
    );
    if (hasMigration) await actions.migrate();
    for (const role of roles) actions.restart(role);
  };
  const note = (file: string) => {
    changed.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => {
      applying = applying
        .then(apply)
        .catch((cause: unknown) => actions.say(`Could not apply the change: ${String(cause)}`));
    }, settleMs);
  };
  // Loaded in advance, so that the first change is applied as fast as later ones.
  applying = rolesLoading(graph, []).then(() => {});
  const watchers = watched.map((folder) =>
    watch(join(root, folder), { recursive: true }, (_event, name) => {
      if (name) note(join(root, folder, name));
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

async function rolesLoading(graph: SourceGraph, files: readonly string[]): Promise<Set<RoleName>> {
  const roles = new Set<RoleName>();
  for (const role of roleNames) {
    const reached = await graph.reachableFrom(join(root, "server", "roles", `${role}.ts`));
    if (files.some((file) => reached.has(file))) roles.add(role);
  }
  return roles;
}
