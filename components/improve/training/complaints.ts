import type { ActionState } from "#components/ui/action-state.ts";

type Complaints = Record<string, string>;

/** Returns the complaint about a field, or the first one about a part of it, with the part's name: "MY-VAR: Invalid key". */
export function complaintAt(complaints: Complaints, path: string): string | undefined {
  if (complaints[path] !== undefined) return complaints[path];
  const part = Object.keys(complaints).find((each) => each.startsWith(`${path}.`));
  return part && `${part.slice(path.length + 1)}: ${complaints[part]}`;
}

/**
 * Adds a problem to what a form shows above its fields where none of them shows a complaint; else pressing its button would seem to do nothing.
 * @param shows whether a field shows complaints with this path
 */
export function withUnshown<Data>(state: ActionState<Data>, shows: (path: string) => boolean): ActionState<Data> {
  if (state.error !== undefined) return state;
  const [unshown] = Object.entries(state.fieldErrors ?? {}).filter(([path]) => !shows(path));
  if (!unshown) return state;
  const [path, message] = unshown;
  return { ...state, error: `${path.replace(/^spec\.(job\.)?/, "")}: ${message}` };
}

/** Whether a path is one of these, or, of those that end with ".", begins with it. */
export const isAmong = (path: string, fields: readonly string[]) =>
  fields.some((field) => (field.endsWith(".") ? `${path}.`.startsWith(field) : path === field));
