/** Returns the note of a dataset version that an export makes. It names the project for good: a project remembers its newest exports only. */
export function exportNote({ id, name }: { id: number; name: string }): string {
  return `Labels of label project "${name}" (${id}).`;
}

/** Pattern of Postgres for such a note, with the id of the project as its group. */
export const exportNotePattern = String.raw`^Labels of label project ".*" \((\d{1,15})\)\.$`;
