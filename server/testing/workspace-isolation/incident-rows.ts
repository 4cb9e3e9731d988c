import { step } from "#server/testing/permissions/fixture-incidents.ts";
import { absent, nothing, type Rows } from "./row.ts";

const incident = "/api/v1/incidents/:incident";
const runbook = "/api/v1/runbooks/:runbook";
const body = (sent: object) => ({ body: sent });
const reason = "new";

/** The REST interface on incidents, runbooks and what changed. */
export const incidentRows: Rows = {
  "GET /api/v1/changes": nothing(),
  "POST /api/v1/changes": absent(({ endpoint }) => ({ body: { endpoint, kind: "data", title: "new" } })),
  "GET /api/v1/incidents": nothing(),
  "POST /api/v1/incidents": absent(({ lonelyGroupId: groupId }) => ({
    body: { title: "new", severity: "SEV3", groupId },
  })),
  [`GET ${incident}`]: absent(),
  [`GET ${incident}/curve`]: absent(),
  [`PATCH ${incident}`]: absent(body({ cause: "data" })),
  [`POST ${incident}/state`]: absent(body({ to: "active", reason })),
  [`POST ${incident}/severity`]: absent(body({ severity: "SEV1", reason })),
  [`POST ${incident}/merge`]: absent(({ otherIncident: into }) => ({ body: { into, reason } })),
  [`POST ${incident}/split`]: absent(({ otherIncident, splitGroupId }) => ({
    params: { incident: String(otherIncident) },
    body: { groupIds: [splitGroupId], reason },
  })),
  [`POST ${incident}/links`]: absent(({ rolloutId: ref }) => ({ body: { kind: "rollout", ref } })),
  [`DELETE ${incident}/links`]: absent(({ rolloutId: ref }) => ({ query: { kind: "rollout", ref } })),
  "GET /api/v1/response-metrics": nothing(),
  "GET /api/v1/similar-incidents": nothing(({ secret: segment }) => ({ query: { segment } })),
  [`GET ${incident}/timeline`]: absent(),
  [`POST ${incident}/timeline`]: absent(body({ title: "new" })),
  [`POST ${incident}/updates`]: absent(body({ text: "new" })),
  [`PATCH ${incident}/timeline/:event`]: absent(({ timelineEventId }) => ({
    params: { event: String(timelineEventId) },
    body: { title: "new" },
  })),
  "GET /api/v1/incident-actions": nothing(),
  [`POST ${incident}/actions`]: absent(body({ title: "new", kind: "prevent" })),
  "PATCH /api/v1/incident-actions/:action": absent(body({ isDone: true })),
  [`GET ${incident}/post-mortem`]: absent(),
  [`POST ${incident}/post-mortem/draft`]: absent(),
  [`PUT ${incident}/post-mortem`]: absent(body({ body: "new", revision: 1 })),
  [`POST ${incident}/post-mortem/waiver`]: absent(body({ reason })),
  [`GET ${incident}/post-mortem/revisions`]: absent(),
  [`GET ${incident}/post-mortem.md`]: absent(),
  "GET /api/v1/runbooks": nothing(),
  "POST /api/v1/runbooks": nothing(body({ name: "new", body: "- [ ] new" })),
  [`GET ${runbook}`]: absent(),
  [`PATCH ${runbook}`]: absent(body({ body: "- [ ] new", revision: 1 })),
  [`DELETE ${runbook}`]: absent(),
  [`GET ${runbook}/rendered`]: absent(({ incidentId: subject }) => ({ query: { subject } })),
  [`POST ${runbook}/ticks`]: absent(({ incidentId: subjectId }) => ({ body: { subjectId, step } })),
  [`DELETE ${runbook}/ticks`]: absent(({ incidentId: subjectId }) => ({ query: { subjectId, step } })),
};
