/**
 * Returns the slug of the workspace that a project of Feast is. Slugs have hyphens and no underscores; Feast's clients refuse hyphens, so a
 * user writes underscores.
 */
export function slugOfProject(project: string): string {
  return project.replaceAll("_", "-");
}
