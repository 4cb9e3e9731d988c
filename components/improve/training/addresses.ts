/** Page that lists training jobs. */
export const jobsPath = "/jobs";
export const enginesPath = "/jobs/engines";
export const templatesPath = "/jobs/templates";
export const sweepsPath = "/jobs/sweeps";

/** Returns the address of a sweep. */
export function sweepHref(id: string): string {
  return `${sweepsPath}/${id}`;
}

/** Returns the address of the form that starts a sweep. */
export function newSweepHref(template?: string): string {
  return template === undefined ? `${sweepsPath}/new` : `${sweepsPath}/new?${new URLSearchParams({ template })}`;
}

/** Returns the address of a training job, or of one of its attempts. */
export function jobHref(id: string, attempt?: number): string {
  return `${jobsPath}/${id}${attempt === undefined ? "" : `?attempt=${attempt}`}`;
}

/** Returns the address of a job that asks whether to run it again exactly. */
export function rerunHref(id: string): string {
  return `${jobsPath}/${id}?rerun=exact`;
}

/** Returns the address of the page that says where the time of a job goes. */
export function debugJobHref(id: string): string {
  return `/debug/jobs/${id}`;
}

/** Returns the address of the form that submits a job, filled in from a template or an earlier job. */
export function newJobHref(from: { template?: string; job?: string } = {}): string {
  const query = new URLSearchParams();
  if (from.template !== undefined) query.set("template", from.template);
  if (from.job !== undefined) query.set("from", from.job);
  return query.size === 0 ? `${jobsPath}/new` : `${jobsPath}/new?${query}`;
}

/** Returns the address of the form of an engine. */
export function engineHref(name: string): string {
  return `${enginesPath}/${encodeURIComponent(name)}`;
}

/** Returns the address of the form of a template. */
export function templateHref(name: string): string {
  return `${templatesPath}/${encodeURIComponent(name)}`;
}

/** Returns the address at which a browser gets the log of a job as a file. */
export function logFileHref(id: string, attempt?: number): string {
  return `/api/v1/training/jobs/${id}/log/file${attempt === undefined ? "" : `?attempt=${attempt}`}`;
}
