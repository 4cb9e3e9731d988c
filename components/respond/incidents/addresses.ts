export const incidentsPath = "/incidents";

export type IncidentTab = "timeline" | "actions" | "runbook" | "post-mortem";

/** Returns the address of an incident, by its number. */
export function incidentHref(number: number, tab?: IncidentTab): string {
  return `${incidentsPath}/${number}${tab && tab !== "timeline" ? `?tab=${tab}` : ""}`;
}

export function runbookHref(id: string): string {
  return `${incidentsPath}/runbooks/${id}`;
}
