/** Returns the address of an incident on the triage board. */
export function incidentBoardPath(number: number): string {
  return `/on-call/INC-${number}`;
}

/** Returns the address of an alert group on the triage board, which leads on to its incident once the group is a part of one. */
export function ticketPath(groupId: string): string {
  return `/on-call?ticket=${groupId}`;
}
