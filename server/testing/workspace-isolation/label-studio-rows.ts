import { absent, inBody, inQuery, nothing, type Row, type Rows } from "./row.ts";

const choices = (choice: string) => [
  { from_name: "answer", to_name: "row", type: "choices", value: { choices: [choice] } },
];
const label_config =
  '<View><Text name="text" value="$text"/><Choices name="tone" toName="text"><Choice value="good"/></Choices></View>';
const task = ({ labelTaskId }: { labelTaskId: number }) => ({ task: labelTaskId });

const rows: Rows = {
  "GET /label-studio/api/version": nothing(),
  "GET /label-studio/api/current-user/whoami": nothing(),
  "GET /label-studio/api/projects": nothing(),
  "POST /label-studio/api/projects": nothing({ body: { title: "another", label_config } }),
  "GET /label-studio/api/projects/:labelProject": absent(),
  "PATCH /label-studio/api/projects/:labelProject": absent({ body: { description: "x" } }),
  "DELETE /label-studio/api/projects/:labelProject": absent(),
  "POST /label-studio/api/projects/:labelProject/validate": absent({ body: { label_config } }),
  "GET /label-studio/api/projects/:labelProject/next": absent(),
  "POST /label-studio/api/projects/:labelProject/import": absent({ body: [{ text: "x" }] }),
  "POST /label-studio/api/projects/:labelProject/import/predictions": absent(({ labelTaskId }) => ({
    body: [{ task: labelTaskId, result: [] }],
  })),
  "GET /label-studio/api/projects/:labelProject/export": absent(),
  "GET /label-studio/api/projects/:labelProject/export/formats": absent(),
  "GET /label-studio/api/tasks": inQuery(({ labelProjectId }) => ({ project: String(labelProjectId) })),
  "POST /label-studio/api/tasks": inBody(({ labelProjectId }) => ({ project: labelProjectId }), {
    data: { text: "x" },
  }),
  "GET /label-studio/api/tasks/:labelTask": absent(),
  "PATCH /label-studio/api/tasks/:labelTask": absent({ body: { meta: { x: 1 } } }),
  "DELETE /label-studio/api/tasks/:labelTask": absent(),
  "GET /label-studio/api/tasks/:labelTask/annotations": absent(),
  "POST /label-studio/api/tasks/:labelTask/annotations": absent({ body: { result: choices("damaged") } }),
  "GET /label-studio/api/annotations/:labelAnswer": absent(),
  "PATCH /label-studio/api/annotations/:labelAnswer": absent({ body: { result: choices("damaged") } }),
  "DELETE /label-studio/api/annotations/:labelAnswer": absent(),
  "GET /label-studio/api/predictions": inQuery(({ labelTaskId }) => ({ task: String(labelTaskId) })),
  "POST /label-studio/api/predictions": inBody(task, { result: choices("damaged") }),
  "GET /label-studio/api/predictions/:labelPrediction": absent(),
  "PATCH /label-studio/api/predictions/:labelPrediction": absent({ body: { score: 0.5 } }),
  "DELETE /label-studio/api/predictions/:labelPrediction": absent(),
};

/** Label Studio's interface; its clients write paths with and without a slash at the end. */
export const labelStudioRows: Rows = Object.fromEntries(
  Object.entries(rows).flatMap(([route, row]): [string, Row][] => [
    [route, row],
    [`${route}/`, row],
  ]),
);
