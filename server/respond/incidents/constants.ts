/** SEV1 all users or money at risk; SEV2 part of the users; SEV3 degraded, with a way around; SEV4 cosmetic. */
export const incidentSeverities = ["SEV1", "SEV2", "SEV3", "SEV4"] as const;

export const causeKinds = ["deploy", "data", "config", "dependency", "capacity", "model", "schema", "unknown"] as const;
