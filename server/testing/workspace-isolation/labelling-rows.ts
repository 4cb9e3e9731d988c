import { absent, nothing, type Rows } from "./row.ts";

const value = { kind: "class", label: "damaged" };
const openTask = ({ openLabelTaskId }: { openLabelTaskId: number }) => ({
  params: { labelTask: String(openLabelTaskId) },
});

/** Label projects, their tasks and queue. */
export const labellingRows: Rows = {
  "GET /api/v1/label-projects": nothing(),
  "GET /api/v1/label-queue/waiting": nothing(),
  "POST /api/v1/label-projects": nothing({ body: { name: "another", taskKind: "text" } }),
  "GET /api/v1/label-projects/:labelProject": absent(),
  "PATCH /api/v1/label-projects/:labelProject": absent({ body: { description: "x" } }),
  "GET /api/v1/label-projects/:labelProject/guidelines": absent(),
  "POST /api/v1/label-projects/:labelProject/guidelines": absent({ body: { text: "x" } }),
  "GET /api/v1/label-projects/:labelProject/tasks": absent(),
  "POST /api/v1/label-projects/:labelProject/tasks": absent({ body: { tasks: [{ item: "third", data: {} }] } }),
  "POST /api/v1/label-projects/:labelProject/tasks/deletion": absent({ body: { taskIds: [2 ** 31] } }),
  "POST /api/v1/label-projects/:labelProject/next": absent({ body: {} }),
  "PUT /api/v1/label-projects/:labelProject/leases": absent({ body: { taskIds: [1] } }),
  "POST /api/v1/label-projects/:labelProject/undo": absent({ body: {} }),
  "PUT /api/v1/label-projects/:labelProject/tasks/:labelTask/answer": absent((fixture) => ({
    ...openTask(fixture),
    body: { value },
  })),
  "DELETE /api/v1/label-projects/:labelProject/tasks/:labelTask/lease": absent(openTask),
  "POST /api/v1/label-projects/:labelProject/tasks/:labelTask/skip": absent(openTask),
  "POST /api/v1/label-projects/:labelProject/tasks/:labelTask/lease": absent(openTask),
  // The owner does not hold the task either.
  "POST /api/v1/label-projects/:labelProject/tasks/:labelTask/fields/:field": absent(
    (fixture) => ({
      params: { ...openTask(fixture).params, field: "text" },
      body: { reason: "x" },
    }),
    404,
  ),
  "GET /api/v1/label-projects/:labelProject/answers": absent(),
  "GET /api/v1/label-projects/:labelProject/annotator": absent(),
  "GET /api/v1/label-projects/:labelProject/progress": absent(),
  "GET /api/v1/label-projects/:labelProject/groups/:group": absent({ params: { group: "none" } }),
  "POST /api/v1/label-projects/:labelProject/groups/:group/answers": absent((fixture) => ({
    params: { group: "none" },
    body: { taskIds: [fixture.openLabelTaskId], value },
  })),
  "POST /api/v1/label-projects/:labelProject/second-opinions": absent(({ labelTaskId }) => ({
    body: { taskIds: [labelTaskId] },
  })),
  "GET /api/v1/label-projects/:labelProject/reviews": absent(),
  "GET /api/v1/label-projects/:labelProject/golds": absent(),
  "GET /api/v1/label-projects/:labelProject/gold-candidates": absent(),
  "GET /api/v1/label-projects/:labelProject/annotators": absent(),
  "GET /api/v1/label-projects/:labelProject/annotators/:annotator": absent(),
  "PUT /api/v1/label-projects/:labelProject/annotators/:annotator/pause": absent({
    body: { isPaused: true, reason: "x" },
  }),
  "GET /api/v1/label-projects/:labelProject/annotators/:annotator/exclusion": absent(),
  "PUT /api/v1/label-projects/:labelProject/annotators/:annotator/exclusion": absent({
    body: { isExcluded: true, reason: "x" },
  }),
  "POST /api/v1/label-tasks/:labelTask/reviews": absent({ body: { verdict: "decided", value, reason: "x" } }),
  "PUT /api/v1/label-tasks/:labelTask/gold": absent({ body: { value } }),
  "GET /api/v1/label-tasks/:labelTask": absent(),
  "GET /api/v1/label-backlogs": nothing(),
  "GET /api/v1/label-projects/:labelProject/runs": absent(),
  "POST /api/v1/label-projects/:labelProject/runs": absent(),
  "GET /api/v1/label-projects/:labelProject/runs/newest": absent(),
  "GET /api/v1/label-projects/:labelProject/suspects": absent(),
  "POST /api/v1/label-projects/:labelProject/suspects/relabel": absent({ body: { taskIds: [1] } }),
  "GET /api/v1/label-projects/:labelProject/summary": absent(),
  "GET /api/v1/label-projects/:labelProject/pre-labels": absent(),
  "GET /api/v1/label-projects/:labelProject/history": absent(),
  "GET /api/v1/label-projects/:labelProject/flow": absent(),
  "GET /api/v1/label-projects/:labelProject/trigger": absent({ query: { since: "2026-01-01T00:00:00Z" } }),
  "POST /api/v1/label-projects/:labelProject/exports": absent({ body: { dataset: "labels" } }),
  // The project has no audit items, and the dataset of the row is nobody's.
  "POST /api/v1/label-projects/:labelProject/audit-sets": absent(
    { body: { name: "audit", from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z" } },
    400,
  ),
  "POST /api/v1/label-projects/:labelProject/dataset-rows": absent({ body: { dataset: "none", digest: "none" } }, 404),
};
