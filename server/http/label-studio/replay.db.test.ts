import { readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { parse } from "csv-parse/sync";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromBufferPromise } from "yauzl";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { authenticateRequest } from "#server/http/auth.ts";
import { createServer } from "#server/http/server.ts";
import { updateLabelProject } from "#server/improve/labelling/projects/update-label-project.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { noPictures } from "#server/testing/fixtures/http/label-studio/no-pictures.ts";
import { newMember, newWorkspace } from "#server/testing/testing.ts";
import { labelStudioPlugin } from "./plugin.ts";

interface Exchange {
  case: string;
  person?: "ann" | "bo";
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  query?: [string, string][];
  request?: unknown;
  request_raw?: string;
  status: number;
  response?: unknown;
  rows?: string[][];
  zip?: Record<string, unknown>;
  content_type?: string;
  leeway?: { status?: number; why: string; response?: unknown };
}

const { scenarios } = JSON.parse(readFileSync(new URL("golden-exchanges.json", import.meta.url), "utf8")) as {
  scenarios: { name: string; journey: 1 | 2; exchanges: Exchange[] }[];
};

/** What Leeway does not have yet, or has otherwise: docs/spec/labelling.md section 11.7. By scenario, or scenario and case. */
const later: Record<string, number> = {
  "ml-backend": 404,
  "sdk-annotate/draft": 404,
  "http-agreement/agreement of a task": 404,
  "http-agreement/ls.projects.stats.iaa(id)": 404,
  "sdk-export/ls.projects.exports.create(id, title=)": 404,
  "sdk-export/ls.projects.exports.list(id)": 404,
  "sdk-export/ls.projects.exports.get(id, export_pk=)": 404,
  "sdk-export/ls.projects.exports.download(id, export_pk=, export_type='JSON')": 404,
  "sdk-export/ls.projects.exports.delete(id, export_pk=)": 404,
  "sdk-views/ls.views.create(project=, data=)": 404,
  "sdk-views/ls.tasks.list(view=)": 400,
  "sdk-views/ls.tasks.list(project=, query=)": 400,
  "sdk-delete/ls.actions.create(project=, id='delete_tasks_annotations', …)": 404,
  // Tokens of Leeway need no refresh.
  "sdk-jwt/LabelStudio(api_key=<refresh token>).users.whoami()": 404,
};

/** Deviations in what is compared, by name, beside those that the recording has under `leeway`. */
const deviations = {
  "an annotation with an unknown class is refused, so that it is in no list": (one: unknown) =>
    JSON.stringify(one).includes('"$annotation4"'),
  "predictions are exported whole, not as ids": (one: unknown) => /^"\$prediction\d+"$/.test(JSON.stringify(one)),
};

/** Fields that are compared, where the recording has them: what clients need of each object, and more. */
const compared = new Set([
  ..."id title label_config description expert_instruction maximum_annotations parsed_label_config".split(" "),
  ..."data meta project annotations predictions total_annotations cancelled_annotations".split(" "),
  ..."result task completed_by was_cancelled lead_time score model_version".split(" "),
  ..."count next previous results tasks total created task_count annotation_count prediction_count task_ids".split(" "),
  ..."edition email".split(" "),
]);
/** Objects of which everything is compared. */
const whole = new Set(["data", "result", "parsed_label_config"]);

const { db } = await freshDatabase();
const config = readConfig({});
let app: FastifyInstance;
beforeAll(async () => {
  app = createServer(config);
  const authenticate = (request: Parameters<typeof authenticateRequest>[0]) =>
    authenticateRequest(request, { db, config, sessionSecret: "secret" });
  await labelStudioPlugin(app, { authenticate, artifacts: noPictures });
});
afterAll(() => app.close());

const counts = { exchanges: 0, same: 0, deviating: 0, later: 0 };
afterAll(() => void process.stdout.write(`Exchanges of Label Studio: ${JSON.stringify(counts)}\n`));

async function newPeople() {
  const ann = await newWorkspace(db);
  const bo = await newMember(ann);
  const scopes = ["labels", "labels:read", "labels:manage", "labels:review"] as const;
  const tokens = {
    ann: (await createToken(ann, { name: "ann", scopes: [...scopes] })).secret,
    bo: (await createToken(bo, { name: "bo", scopes: [...scopes] })).secret,
  };
  return { ann, tokens, bound: new Map<string, unknown>() };
}

/** Two journeys, each in a workspace of its own; their scenarios share variables. */
const people = { 1: await newPeople(), 2: await newPeople() };

test.each(scenarios.map((one) => [one.name, one] as const))("%s", async (name, { journey, exchanges }) => {
  const { ann, tokens, bound } = people[journey];
  for (const exchange of exchanges) {
    const response = await send(exchange, tokens, bound);
    counts.exchanges += 1;
    const place = [name, exchange.case, response.body.slice(0, 400)];
    const isLater = later[name] ?? later[`${name}/${exchange.case}`];
    if (isLater !== undefined) {
      counts.later += 1;
      // The SDK asks on after a page of a filter that is refused.
      expect([...place, response.statusCode < 500]).toEqual([...place, true]);
      if (name !== "ml-backend" && exchange.method === "POST") expect(response.statusCode).toBe(isLater);
      continue;
    }
    const status = exchange.leeway?.status ?? exchange.status;
    expect([...place, response.statusCode]).toEqual([...place, status]);
    if (exchange.leeway?.status !== undefined) counts.deviating += 1;
    else counts.same += 1;
    await compare(exchange, response, bound, place);
    if (exchange.case === "project, one label per task") {
      // The recording has no share of tasks that always take two people.
      const projectId = bound.get("$project1") as number;
      await updateLabelProject(ann, { projectId, settings: { overlapShare: 0 } });
    }
  }
});

test("replays all exchanges", () => {
  expect(counts).toEqual({ exchanges: 134, same: 98, deviating: 8, later: 28 });
});

type Response = Awaited<ReturnType<typeof send>>;

async function send(exchange: Exchange, tokens: { ann: string; bo: string }, bound: Map<string, unknown>) {
  const fill = (text: string) =>
    text.replaceAll(/\$[a-z]+\d*/g, (name) => (bound.has(name) ? String(bound.get(name)) : name));
  // In a body a number that is a variable is a text alone.
  const fillBody = (text: string) =>
    text.replaceAll(/"(\$[a-z]+\d*)"/g, (whole, name) => (bound.has(name) ? JSON.stringify(bound.get(name)) : whole));
  const headers: Record<string, string> = { authorization: authorizationOf(exchange, tokens) };
  if (exchange.case === "no token") delete headers.authorization;
  const query = exchange.query?.map(([name, value]) => [name, fill(value)]);
  const payload =
    exchange.request_raw ?? (exchange.request === undefined ? "" : fillBody(JSON.stringify(exchange.request)));
  if (payload) headers["content-type"] = "application/json";
  return app.inject({
    method: exchange.method,
    url: `/label-studio${fill(exchange.path)}${query ? `?${new URLSearchParams(query)}` : ""}`,
    headers,
    ...(payload && { payload }),
  });
}

function authorizationOf({ case: name, person = "ann" }: Exchange, tokens: { ann: string; bo: string }): string {
  if (name === "wrong token") return "Token lw_wrong";
  return `${name === "token as Bearer" ? "Bearer" : "Token"} ${tokens[person]}`;
}

async function compare(
  exchange: Exchange,
  response: Response,
  bound: Map<string, unknown>,
  place: string[],
): Promise<void> {
  const isError = response.statusCode >= 400;
  if (isError) {
    const recorded = exchange.leeway?.status === undefined ? (exchange.response as Record<string, unknown>) : {};
    const body = response.json();
    expect([...place, body.detail]).toEqual([...place, expect.stringMatching(/\w/)]);
    expect(body.status_code).toBe(response.statusCode);
    if (response.statusCode === 400) expect(body.validation_errors).toBeTypeOf("object");
    if (response.statusCode === 401) expect(response.headers["www-authenticate"]).toBe("Token");
    if (recorded.detail === "Invalid page.") expect(body.detail).toBe("Invalid page.");
    return;
  }
  if (exchange.leeway?.response !== undefined) return;
  if (exchange.rows) return compareRows(exchange.rows, response, bound, exchange.query);
  if (exchange.zip) return compareZip(exchange.zip, response.rawPayload);
  if (typeof exchange.response === "string") return void expect(response.body).toBe(exchange.response);
  if (exchange.response === undefined || exchange.response === null) return;
  if (exchange.path.endsWith("/formats")) {
    const names = (response.json() as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(["JSON", "JSON_MIN", "CSV", "TSV", "COCO", "YOLO", "CONLL2003", "HF"]);
    return;
  }
  const isRows = exchange.query?.some(([name, value]) => name === "export_type" && value === "JSON_MIN");
  match(exchange.response, response.json(), { bound, place, isWhole: isRows ?? false });
}

interface Matching {
  bound: Map<string, unknown>;
  place: string[];
  isWhole: boolean;
}

/** Compares what was recorded with what Leeway responds; binds variables that occur for the first time. */
function match(recorded: unknown, own: unknown, { bound, place, isWhole }: Matching): void {
  if (typeof recorded === "string" && /^\$[a-z]+\d*$/.test(recorded)) {
    if (["$time", "$uuid", "$token", "$seconds", "$text", "$address", "$html", "$more"].includes(recorded)) return;
    if (!bound.has(recorded)) bound.set(recorded, own);
    expect([...place, recorded, own]).toEqual([...place, recorded, bound.get(recorded)]);
  } else if (Array.isArray(recorded)) {
    const wanted = recorded.filter((one) => !Object.values(deviations).some((deviates) => deviates(withoutInner(one))));
    const list = own as unknown[];
    // Predictions that are ids there are whole here.
    if (wanted.length < recorded.length && wanted.length === 0) return;
    expect([...place, list?.length]).toEqual([...place, wanted.length]);
    for (const [index, one] of wanted.entries()) match(one, list[index], { bound, place, isWhole });
  } else if (typeof recorded === "object" && recorded !== null) {
    const skips = new Set([
      ...(JSON.stringify(recorded).includes("$annotation4") ? ["total_annotations"] : []),
      // Somebody who is about to answer does not see how often others did.
      ...("unique_lock_id" in recorded ? ["total_annotations", "cancelled_annotations"] : []),
      // A project shows predictions of no version before others.
      ...("label_config" in recorded ? ["model_version"] : []),
    ]);
    for (const [name, value] of Object.entries(recorded)) {
      if (name === "$more" || skips.has(name) || (!isWhole && !compared.has(name))) continue;
      // Emails of the recording are others.
      if (name === "email" || (name === "completed_by" && typeof value === "object")) continue;
      const next = (own as Record<string, unknown> | undefined)?.[name];
      match(value, next, { bound, place: [...place, name], isWhole: isWhole || whole.has(name) });
    }
  } else expect([...place, own]).toEqual([...place, recorded]);
}

/** A list of annotations is not left out for one of them. */
function withoutInner(one: unknown): unknown {
  const { annotations, ...rest } = (typeof one === "object" && one !== null ? one : { one }) as Record<string, unknown>;
  return Array.isArray(annotations) ? rest : one;
}

function compareRows(
  rows: string[][],
  response: Response,
  bound: Map<string, unknown>,
  query?: [string, string][],
): void {
  const delimiter = query?.some(([, value]) => value === "TSV") ? "\t" : ",";
  const own: string[][] = parse(response.body, { delimiter });
  const wanted = rows.filter((row) => !row.includes("$annotation4"));
  const filled = wanted.map((row) =>
    row.map((cell) =>
      cell === "$time" ? expect.stringMatching(/^\d{4}-.*Z$/) : bound.has(cell) ? String(bound.get(cell)) : cell,
    ),
  );
  const sorted = (cell: unknown) => (typeof cell === "string" && /^[[{]/.test(cell) ? JSON.parse(cell) : cell);
  expect(own.map((row) => row.map(sorted))).toEqual(filled.map((row) => row.map(sorted)));
}

async function compareZip(recorded: Record<string, unknown>, bytes: Buffer): Promise<void> {
  const own = await filesOf(bytes);
  for (const [path, content] of Object.entries(recorded)) {
    if (content === null) continue;
    const found = [...own].find(([name]) => name === path || name.endsWith(path.replace(/^.*\$text/, "")));
    expect([path, found?.[0]]).toEqual([path, expect.any(String)]);
    const text = found?.[1] ?? "";
    if (typeof content === "string") expect([path, text]).toEqual([path, content]);
    else if (path === "notes.json")
      expect(JSON.parse(text).categories).toEqual((content as { categories: unknown }).categories);
    else compareCoco(content as Coco, JSON.parse(text));
  }
}

interface Coco {
  images: { id: number; file_name: string; width: number | null; height: number | null }[];
  categories: unknown[];
  annotations: { image_id: number; bbox: number[]; category_id: number; area: number }[];
}

/** Pictures that have answers without a box are in the file too, since they are examples of none. */
function compareCoco(recorded: Coco, own: Coco): void {
  expect(own.categories).toEqual(recorded.categories);
  const boxes = ({ annotations, images }: Coco) =>
    annotations.map(({ bbox, category_id, area, image_id }) => {
      const { width, height, file_name } = images.find(({ id }) => id === image_id) ?? {};
      return { bbox, category_id, area, width, height, file: file_name?.replace(/^.*__/, "") };
    });
  expect(boxes(own)).toEqual(boxes(recorded));
  const files = own.images.map(({ file_name }) => file_name.replace(/^.*__/, ""));
  for (const { file_name } of recorded.images) expect(files).toContain(file_name.replace(/^.*__/, ""));
}

async function filesOf(bytes: Buffer): Promise<Map<string, string>> {
  const zip = await fromBufferPromise(bytes);
  const files = new Map<string, string>();
  for await (const entry of zip.eachEntry()) {
    files.set(entry.fileName, (await buffer(await zip.openReadStreamPromise(entry))).toString("utf8"));
  }
  return files;
}
