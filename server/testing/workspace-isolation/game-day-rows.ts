import type { Fixture } from "#server/testing/permissions/fixture.ts";
import { absent, inBody, nothing, type Requested, type Rows } from "./row.ts";

const day = "/api/v1/game-days/:number";
const planOf = ({ endpoint }: Fixture) => ({
  endpoint,
  hypothesis: "On-call is notified when requests fail.",
  fault: { kind: "errors" },
  expectations: [{ what: "noHarm" }],
});

/** The game day of the fixture, with a body. */
const ofDay =
  (body?: object) =>
  ({ gameDay, followUpId: id }: Fixture): Requested => ({
    params: { number: String(gameDay), id },
    ...(body && { body }),
  });

/** Game days, their reports and follow-ups. */
export const gameDayRows: Rows = {
  "GET /api/v1/game-days": nothing(),
  "POST /api/v1/game-days": inBody(planOf),
  "POST /api/v1/game-day-replays": inBody(planOf),
  [`GET ${day}`]: absent(ofDay()),
  [`PUT ${day}`]: absent((fixture) => ofDay({ revision: 1, plan: planOf(fixture) })(fixture)),
  [`DELETE ${day}`]: absent(ofDay()),
  [`GET ${day}/preconditions`]: absent(ofDay()),
  [`POST ${day}/start`]: absent(ofDay(), 409),
  [`POST ${day}/abort`]: absent(ofDay({ reason: "x" }), 409),
  [`POST ${day}/presence`]: absent(ofDay()),
  [`GET ${day}/abort-conditions`]: absent(ofDay()),
  [`GET ${day}/events`]: absent(ofDay()),
  [`POST ${day}/notes`]: absent(ofDay({ words: "x" })),
  [`GET ${day}/report`]: absent(ofDay(), 409),
  [`GET ${day}/earlier`]: absent(ofDay()),
  [`PUT ${day}/budget`]: absent(ofDay({ decision: "counted" }), 409),
  [`GET ${day}/follow-ups`]: absent(ofDay()),
  [`POST ${day}/follow-ups`]: absent(ofDay({ words: "x" })),
  [`PATCH ${day}/follow-ups/:id`]: absent(ofDay({ isDone: true })),
};
