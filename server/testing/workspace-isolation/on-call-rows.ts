import { dayMs, hourMs } from "#server/base/durations.ts";
import { absent, nothing, type Rows } from "./row.ts";

const timeZone = "UTC";
const layersOf = (userId: string) => [
  { name: "Primary", userIds: [userId], start: "2026-01-05T09:00", every: { unit: "day", count: 1 } },
];
const steps = [{ waitMinutes: 0, notify: [{ kind: "team", who: "leads" }] }];
const span = (days: number) => ({
  from: new Date(Date.now() + days * dayMs).toISOString(),
  to: new Date(Date.now() + days * dayMs + hourMs).toISOString(),
});
const body = (sent: object) => ({ body: sent });
const schedule = "/api/v1/on-call/schedules/:schedule";

/** The REST interface on teams, schedules, escalations and hand-overs. */
export const onCallRows: Rows = {
  "GET /api/v1/teams": nothing(),
  "POST /api/v1/teams": nothing(body({ name: "new" })),
  "GET /api/v1/teams/:team": absent(),
  "PATCH /api/v1/teams/:team": absent(body({ description: "new" })),
  "DELETE /api/v1/teams/:team": absent(),
  "GET /api/v1/viewer/shift": nothing(),
  "GET /api/v1/on-call/now": nothing(),
  "GET /api/v1/on-call/schedules": nothing(),
  "POST /api/v1/on-call/schedules": absent(({ userId }) => ({
    body: { name: "new", timeZone, layers: layersOf(userId) },
  })),
  "POST /api/v1/on-call/schedule-previews": absent(({ scheduleId, userId }) => ({
    body: { scheduleId, timeZone, layers: layersOf(userId) },
  })),
  [`GET ${schedule}`]: absent(),
  [`PATCH ${schedule}`]: absent(body({ timeZone })),
  [`DELETE ${schedule}`]: absent(),
  [`POST ${schedule}/overrides`]: absent(({ userId }) => ({ body: { userId, ...span(1) } })),
  "DELETE /api/v1/on-call/overrides/:override": absent(),
  [`POST ${schedule}/swaps`]: absent(body({ first: span(3), second: span(10) })),
  [`POST ${schedule}/calendar-address`]: absent(),
  [`DELETE ${schedule}/calendar-address`]: absent(),
  [`GET ${schedule}/calendar.ics`]: absent({ query: { secret: "x" } }, 404),
  "GET /api/v1/viewer/contact-methods": nothing(),
  "PUT /api/v1/viewer/contact-methods": nothing(body({ methods: [{ kind: "email" }], timeZone })),
  "GET /api/v1/on-call/policies": nothing(),
  "POST /api/v1/on-call/policies": nothing(body({ name: "new", steps })),
  "GET /api/v1/on-call/policies/:policy": absent(),
  "PATCH /api/v1/on-call/policies/:policy": absent(body({ repeats: 1 })),
  "DELETE /api/v1/on-call/policies/:policy": absent(),
  "GET /api/v1/alert-groups/:group/escalation": nothing(),
  "POST /api/v1/alert-groups/:group/escalation/steps": absent(body({ step: 1 })),
  "POST /api/v1/alert-groups/:group/pages": absent(({ userId }) => ({ body: { userId } })),
  "POST /api/v1/on-call/test-pages": nothing(),
  [`GET ${schedule}/handover-draft`]: absent(),
  [`GET ${schedule}/shift-report`]: absent(),
  "GET /api/v1/on-call/handovers": nothing(),
  [`PUT ${schedule}/handover`]: absent(body({ shiftFrom: span(0).from, shiftTo: span(0).to, body: "new" })),
};
