import { quickPlan } from "#server/testing/fixtures/rollouts/testing.ts";
import type { Fixture } from "#server/testing/permissions/fixture.ts";
import { absent, inBody, nothing, type Requested, type Rows } from "./row.ts";

const reason = "x";
const policies = "/api/v1/retraining-policies";
const cycles = `${policies}/:model/cycles`;

/** The cycle of the fixture, with a body. */
const ofCycle =
  (more: Requested = {}) =>
  ({ model, retrainingCycle }: Fixture) => ({ ...more, params: { model, number: String(retrainingCycle) } });

/** Retraining policies and their cycles. */
export const retrainingRows: Rows = {
  [`GET ${policies}`]: nothing(),
  [`POST ${policies}`]: inBody(({ model, endpoint, dataset, jobTemplate, evaluationSetId }) => ({
    model,
    endpoint,
    rules: { triggers: [] },
    plan: {
      data: { kind: "dataset", name: dataset },
      job: { template: jobTemplate },
      compare: { frozenSet: evaluationSetId },
      release: { plan: quickPlan },
    },
  })),
  [`GET ${policies}/:model`]: absent(),
  [`PATCH ${policies}/:model`]: absent({ body: { rules: { triggers: [] } } }),
  [`DELETE ${policies}/:model`]: absent(),
  [`POST ${policies}/:model/pause`]: absent({ body: { reason } }),
  [`POST ${policies}/:model/resume`]: absent(),
  [`GET ${policies}/:model/decisions`]: absent(),
  [`GET ${policies}/:model/gains`]: absent(),
  [`GET ${cycles}`]: absent(),
  [`POST ${cycles}`]: absent({ body: { reason } }),
  [`GET ${cycles}/:number`]: absent(ofCycle()),
  [`POST ${cycles}/:number/end`]: absent(ofCycle({ body: { reason } })),
  [`POST ${cycles}/:number/approve`]: absent(ofCycle({ body: { reason } })),
  [`POST ${cycles}/:number/decline`]: absent(ofCycle({ body: { reason } })),
};
