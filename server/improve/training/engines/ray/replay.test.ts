import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import { type Exchange, startReplayServer } from "#server/testing/fixtures/training/replay-server.ts";
import { EngineSettings } from "../../contract.ts";
import { rayClient } from "./ray-client.ts";
import { rayEngine } from "./ray-engine.ts";

const { exchanges } = JSON.parse(readFileSync(new URL("golden-exchanges.json", import.meta.url), "utf8")) as {
  exchanges: Exchange[];
};
const folder = await mkdtemp(join(tmpdir(), "leeway-ray-replay-"));
const server = await startReplayServer();
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const zip = join(folder, "package.zip");
await writeFile(zip, Buffer.alloc(344));
const settings = EngineSettings.parse({ kind: "ray", address: server.url }) as Extract<EngineSettings, { kind: "ray" }>;
const engine = rayEngine({ settings, token: undefined, wrapper: zip });
const version = exchanges.find(({ scenario }) => scenario === "version")?.response;
const session = "session_2026-11-29_05-41-32_526603_8245";

/** Requests that Leeway never makes. What Ray answers to them is given to the call that they come nearest to. */
const notes = [
  "no submission_id",
  "not JSON",
  "without the slash at the end",
  "a header that browsers send",
  "the header that Node's own fetch always sends",
  "user agent of a browser",
  "read as a browser",
  "no entrypoint",
  "wrong type",
  "unknown field",
  "metadata value not a string",
  "right token in the second header",
  "without the word Bearer",
];
const isOurs = ({ note = "" }: Exchange) => !notes.includes(note);

/** Makes the call that an exchange records. @returns what it gave, in one line */
async function call({ request, response }: Exchange): Promise<string> {
  const token = request.headers ? "secret" : undefined;
  const client = rayClient({ address: server.url, token });
  const deadline = AbortSignal.timeout(response.status === 0 ? 200 : 20_000);
  const [, id = "none", verb] = /^\/api\/jobs\/([^/]+)(\/stop)?$/.exec(request.path) ?? [];
  const [, name = ""] = /^\/api\/packages\/gcs\/(.+)\.zip$/.exec(request.path) ?? [];
  try {
    if (request.path === "/api/version") {
      const { ray_version, session_name } = await client.version(deadline);
      return `${ray_version} ${session_name}`;
    }
    if (name && request.method === "GET") return `has ${await client.hasPackage(name, deadline)}`;
    if (name) {
      await client.uploadPackage(name, { path: zip, sizeBytes: 344 }, deadline);
      return "uploaded";
    }
    if (verb) return `stopped ${await client.stop(id, deadline)}`;
    if (request.method === "DELETE") return `removed ${await client.remove(id, deadline)}`;
    if (request.method === "POST") {
      const body = request.body as { submission_id?: string; entrypoint?: string } | undefined;
      return `new ${await client.submit({ ...body, submission_id: body?.submission_id ?? "none" }, deadline)}`;
    }
    if (request.path === "/api/jobs/") return `${(await client.jobs(deadline)).size} jobs`;
    return JSON.stringify((await client.job(id, deadline)) ?? null).slice(0, 80);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

/** What the engine says of a recorded job, from a list that has it. */
async function look({ request, response }: Exchange): Promise<string> {
  const id = request.path.split("/").at(-1) ?? "";
  const list = { ...response, body: [response.body, { type: "DRIVER", submission_id: null, status: "RUNNING" }] };
  const answers =
    response.status === 404 ? { ...response, status: 200, content_type: "application/json", body: [] } : list;
  if (!version) throw new Error("No version was recorded.");
  server.answerWith(version, answers);
  const [seen] = await engine.look([{ id, epoch: session }], AbortSignal.timeout(20_000));
  const { state, code, signal, cause, reason } = seen ?? {};
  return [state, code, signal, cause, reason].filter((part) => part != null).join(" | ");
}

/** What each exchange means to Leeway, by scenario and note: state, exit code, signal, cause, words of Ray. */
const expected = [
  "version: 2.60.0 session_2026-11-29_05-41-32_526603_8245",
  "list (empty cluster): 0 jobs",
  "submit: new true",
  "submit (at once): starting | Job has not started yet. It may be waiting for the runtime environment to be set up.",
  "submit (finished): ended | 0",
  "submit (the same submission_id again): new false",
  "submit (no submission_id): new true",
  "errors (no entrypoint): invalid: Ray rejected the job: TypeError: JobSubmitRequest.__init__() missing 1 required positional ",
  "errors (wrong type): invalid: Ray rejected the job: TypeError: entrypoint must be a string, got <class 'int'>",
  "errors (unknown field): invalid: Ray rejected the job: TypeError: JobSubmitRequest.__init__() got an unexpected keyword argu",
  "errors (metadata value not a string): invalid: Ray rejected the job: TypeError: metadata values must be strings, got <class 'int'>",
  "errors (not JSON): unavailable: Ray responded with 500: Server got itself in trouble",
  "errors (without the slash at the end): unavailable: No Ray Jobs API at this address.",
  "errors (unknown id): null",
  "errors (unknown id): stopped false",
  "errors (unknown id): removed true",
  "errors (slash and space in the id): unavailable: Ray responded with 500: FileNotFoundError: [Errno 2] No such file or directory: '/tmp/r",
  "errors (a header that browsers send): unavailable: Ray responded with 405: 'POST' method not allowed for browser traffic.",
  "errors (the header that Node's own fetch always sends): unavailable: Ray responded with 405: 'POST' method not allowed for browser traffic.",
  "errors (user agent of a browser): unavailable: Ray responded with 405: 'POST' method not allowed for browser traffic.",
  "redaction (read as a browser): ended | 0",
  "exit: new true",
  "exit: ended | 3",
  "exit: new true",
  "exit: ended | 75",
  "exit: new true",
  "exit: ended | SIGKILL",
  "exit: new true",
  "exit: ended | SIGTERM",
  "exit: new true",
  "exit: ended | 127",
  "stop: new true",
  "stop: stopped true",
  "stop (right after stop): running",
  "stop (after it): ended | SIGTERM | Job was intentionally stopped.",
  "stop (stop again when stopped): stopped false",
  "stop (longer grace by an environment variable of the job): new true",
  "stop: stopped true",
  "stop: new true",
  "stop: stopped true",
  "stop (the program caught SIGTERM, saved and ended with 0): ended | SIGTERM | Job was intentionally stopped.",
  "pending: new true",
  "pending (64 cores on a cluster of 2, after 4 s): waiting | Job has not started yet. It may be waiting for resources (CPUs, GPUs, memory, custom resou",
  "pending (stop while pending): stopped true",
  "pending (after that stop): waiting | Job has not started yet. It may be waiting for resources (CPUs, GPUs, memory, custom resou",
  "pending: new true",
  "pending (a GPU that nobody has): waiting | Job has not started yet. It may be waiting for resources (CPUs, GPUs, memory, custom resou",
  "delete (not ended): removed false",
  "delete: removed true",
  "delete (deleted): null",
  "list: 4 jobs",
  "pending: stopped true",
  "package (before the upload): has false",
  "package: uploaded",
  "package (after it): has true",
  "package (the same again): uploaded",
  "package: new true",
  "package: ended | 0",
  "package (a name of our own; all files below one folder): uploaded",
  "package: new true",
  "package: new true",
  "package (a package that was never uploaded): ended | lost | OSError: Failed to download runtime_env file package gcs://_ray_pkg_ffffffffffffffff.",
  "package (a local path): new true",
  "package: ended | never-started | ValueError: /home/somebody/code is not a valid path.",
  "package (unknown field of runtime_env): new true",
  "package: new true",
  "package (packages that cannot be installed): starting | Job has not started yet. It may be waiting for the runtime environment to be set up.",
  "package (101 MiB): too-large: Ray takes packages of at most 100 MiB. Put large files into a dataset.",
  "package (95 MiB): uploaded",
  "package (packages that cannot be installed, later): ended | never-started | ERROR: No matching distribution found for no-such-package-here==1",
  "tail: new true",
  "logs: new true",
  "stop-waiting: new true",
  "stop-waiting (while it waits for cores): stopped true",
  "stop-waiting (when cores became free): ended | SIGTERM | Job was intentionally stopped.",
  "driver-death: new true",
  "driver-death (the python process was killed with 9; the shell around it passes 137): ended | 137",
  "supervisor-death: new true",
  "supervisor-death (the supervisor actor was killed): ended | lost | Job supervisor actor died: The actor died unexpectedly before finishing this task.",
  "agent-death: new true",
  "agent-death (the head's agent process was killed): running",
  "agent-death (after it): 2.60.0 session_2026-11-29_05-41-32_526603_8245",
  "agent-death (minutes later: still RUNNING, its node is dead and its process gone): running",
  "agent-death (submit while the head node has no agent): unavailable: Ray responded with 500: aiohttp.client_exceptions.ClientConnectorError: Cannot connect ",
  "agent-death (stop while the head node has no agent): unavailable: Ray responded with 500: aiohttp.client_exceptions.ClientConnectorError: Cannot connect ",
  "auth (RAY_AUTH_MODE=token; no token sent): unavailable: Ray rejected the token of this engine: Unauthorized: Missing authentication token",
  "auth (no token sent): unavailable: Ray rejected the token of this engine: Unauthorized: Missing authentication token",
  "auth (wrong token): unavailable: Ray rejected the token of this engine: Forbidden: Invalid authentication token",
  "auth (without the word Bearer): unavailable: Ray rejected the token of this engine: Forbidden: Invalid authentication token",
  "auth (right token; all jobs of the earlier head are gone): 0 jobs",
  "auth (right token in the second header): 0 jobs",
  "auth: new true",
  "node-death (placed on the second node by a custom resource): new true",
  "node-death (on the second node): running",
  "node-death (the raylet of its node was killed): ended | lost | Job supervisor actor died: The actor died unexpectedly before finishing this task.",
  "head-restart: new true",
  "head-restart (the GCS process of the head was killed): unavailable: Ray did not respond in time.",
  "head-restart (a new head: another session_name): 2.60.0 session_2026-11-29_05-54-52_331911_25048",
  "head-restart (the new head does not know the job): null",
  "head-restart (the same submission_id is free again on the new head): new true",
  "logs: new true",
  "resume: new true",
  "resume: stopped true",
  "resume (attempt 1, stopped by the control plane): ended | SIGTERM | Job was intentionally stopped.",
  "resume: new true",
  "resume (attempt 2 went on from the checkpoint): ended | 0",
];

test("makes the recorded requests of Ray 2.60, and understands what it answered", async () => {
  const outcomes: string[] = [];
  let [same, answersOnly] = [0, 0];
  for (const exchange of exchanges) {
    const { request, response, scenario, note } = exchange;
    server.answerWith(response);
    const outcome = await call(exchange);
    const [received] = server.received;
    if (isOurs(exchange)) {
      same += 1;
      expect(received).toMatchObject({ method: request.method, path: request.path });
      if (request.body) expect(JSON.parse(received?.body.toString() ?? "")).toEqual(request.body);
      expect(received?.headers.authorization).toBe(request.headers ? "Bearer secret" : undefined);
    } else answersOnly += 1;
    for (const name of ["sec-fetch-mode", "origin", "referer"]) expect(received?.headers).not.toHaveProperty(name);
    const isJob = request.method === "GET" && /^\/api\/jobs\/./.test(request.path) && response.status === 200;
    const given = isJob ? await look(exchange) : outcome;
    outcomes.push(`${scenario}${note ? ` (${note})` : ""}: ${given.slice(0, 100)}`);
  }
  expect({ same, answersOnly }).toEqual({ same: 93, answersOnly: 13 });
  expect(outcomes).toEqual(expected);
});
