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
  "GET /api/v1/label-tasks/:labelTask": absent(),
};
