interface AddressedProject {
  id: number;
  name: string;
  state?: string;
}

/** Returns the address of a label project, or of a page below it. Archived ones and those with a number as name go by their id. */
export function labelProjectHref(
  { id, name, state }: AddressedProject,
  page?: "label" | "review" | "settings" | "guidelines" | "gold" | "people",
): string {
  const segment = state === "archived" || /^\d+$/.test(name) ? String(id) : encodeURIComponent(name);
  return `/labels/${segment}${page ? `/${page}` : ""}`;
}

/** Returns the address of an annotator in a project. @param person user id, or the name at the source of an import */
export function annotatorHref(project: AddressedProject, person: string): string {
  return `${labelProjectHref(project, "people")}/${encodeURIComponent(person)}`;
}

/** Returns the address at which alike items are labelled at once. */
export function alikeHref(project: AddressedProject, groupKey: string): string {
  return `${labelProjectHref(project)}/alike?group=${encodeURIComponent(groupKey)}`;
}

/** Returns the address of the route that the labelling page works by. */
export function workPath(projectId: number): string {
  return `/labels/${projectId}/label/work`;
}

/** Returns the address at which a browser gets a file of a task. */
export function taskFileAddress(projectId: number, taskId: number, field: string): string {
  return `/labels/${projectId}/files/${taskId}/${encodeURIComponent(field)}`;
}
