import { absent, nothing, type Rows } from "./row.ts";

const value = { kind: "class", label: "damaged" };
const openTask = ({ openLabelTaskId }: { openLabelTaskId: number }) => ({
  params: { labelTask: String(openLabelTaskId) },
});

/** Label projects, their tasks and queue. */
export const labellingRows: Rows = {
  "GET /api/v1/label-projects": nothing(),
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
};
