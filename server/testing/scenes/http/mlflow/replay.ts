import { readFileSync } from "node:fs";
import { request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { FastifyInstance } from "fastify";
import { differences, filledIn, type Variables } from "./replay-match.ts";

/** One line of a file in exchanges/: a request to MLflow's own server, and what that answered. */
interface Exchange {
  case: string;
  method: string;
  path: string;
  query?: [string, string][];
  request?: unknown;
  /** Sent exactly as it stands. */
  request_raw?: string;
  request_bytes?: string;
  request_base64?: string;
  request_content_type?: string;
  request_headers?: Record<string, string>;
  status: number;
  response?: unknown;
  response_text?: string;
  response_headers?: Record<string, string>;
  content_type?: string;
  /** Where MLflow is wrong or weak: what Leeway answers instead, or only why it differs. */
  leeway?: { status?: number; error_code?: string; message?: string };
  /** Of a search, in place of a response: what it found in short, or the start of the message of its error. */
  probe?: Record<string, unknown> & { error?: string; leeway?: string };
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  json: Record<string, unknown>;
}

/** What a search found, in the words of its probes: names, runs or versions in their order, and whether there is more. */
type Summarise = (body: Record<string, unknown>) => Record<string, unknown>;

/**
 * Replays a recording against a server that knows nothing yet, over a real connection, since paths must arrive as written.
 * @param name of the file in exchanges/.
 * @param variables that are bound before the first request.
 * @returns every difference, with the case it is in. None is the goal.
 */
export async function replay(
  app: FastifyInstance,
  name: string,
  summarise: Summarise = () => ({}),
  variables: Variables = new Map(),
): Promise<string[]> {
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const file = readFileSync(new URL(`./exchanges/${name}.jsonl`, import.meta.url), "utf8");
  const found: string[] = [];
  for (const line of file.trimEnd().split("\n")) {
    const exchange = JSON.parse(line) as Exchange;
    const answer = await ask(port, exchange, variables);
    const problems = exchange.probe
      ? probeProblems(exchange, answer, summarise)
      : exchangeProblems(exchange, answer, variables);
    const title = `${exchange.case} (${exchange.method} ${exchange.path})`;
    found.push(...[...problems, ...leaks(answer)].map((problem) => `${title}: ${problem}`));
  }
  await app.close();
  return found;
}

function ask(port: number, exchange: Exchange, variables: Variables): Promise<Answer> {
  const query = filledIn(exchange.query ?? [], variables) as [string, string][];
  const search = query.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
  const path = String(filledIn(exchange.path, variables)) + (search && `?${search}`);
  const binary = exchange.request_base64 && Buffer.from(exchange.request_base64, "base64");
  const bytes = exchange.request_raw ?? exchange.request_bytes;
  const json = exchange.request === undefined ? undefined : JSON.stringify(filledIn(exchange.request, variables));
  const body = binary || (bytes === undefined ? json : String(filledIn(bytes, variables)));
  const isJson = body !== undefined && !binary && exchange.request_bytes === undefined;
  const type = exchange.request_content_type ?? (isJson ? "application/json" : undefined);
  const headers = {
    ...(filledIn(exchange.request_headers ?? {}, variables) as Record<string, string>),
    ...(type && { "content-type": type }),
    ...(body !== undefined && { "content-length": Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const request = send({ port, host: "127.0.0.1", method: exchange.method, path, headers }, async (response) => {
      const received = await text(response);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received, json: parsed(received) });
    });
    request.once("error", reject);
    request.end(body);
  });
}

function exchangeProblems(exchange: Exchange, answer: Answer, variables: Variables): string[] {
  const { leeway, response, response_text, response_headers, content_type } = exchange;
  const status = leeway?.status ?? exchange.status;
  if (answer.status !== status) return [`${answer.status} instead of ${status}: ${answer.body.slice(0, 200)}`];
  if (leeway) {
    const wanted = status < 400 ? undefined : (leeway.error_code ?? (response as { error_code?: string })?.error_code);
    return wanted && answer.json.error_code !== wanted ? [`${answer.json.error_code} instead of ${wanted}`] : [];
  }
  const headers = Object.entries({ ...response_headers, ...(content_type && { "content-type": content_type }) });
  return [
    ...headers
      .filter(([name, value]) => !String(answer.headers[name]).startsWith(value))
      .map(([name, value]) => `${name} is ${answer.headers[name]} instead of ${value}`),
    ...(response === undefined ? [] : differences(withoutOptional(response), answer.json, variables)),
    ...(response_text === undefined || response_text === "$html"
      ? []
      : differences(response_text, answer.body, variables)),
  ];
}

function probeProblems({ status, probe = {} }: Exchange, answer: Answer, summarise: Summarise): string[] {
  const { error, leeway, ...found } = probe;
  if (leeway) return answer.status < 500 ? [] : [`${answer.status}, and Leeway should: ${leeway}`];
  if (answer.status !== status) return [`${answer.status} instead of ${status}: ${answer.body.slice(0, 200)}`];
  if (error === undefined) {
    const wanted = { more: false, ...found };
    const summary = Object.entries(summarise(answer.json)).filter(([key]) => key in wanted);
    return differences(wanted, Object.fromEntries(summary), new Map());
  }
  // The words differ from search to search in MLflow; Leeway has one language for all.
  const code = answer.json.error_code;
  return code === "INVALID_PARAMETER_VALUE" ? [] : [`${code} instead of: ${error}`];
}

/** MLflow adds two fields to errors that no client needs. */
function withoutOptional(response: unknown): unknown {
  if (typeof response !== "object" || response === null || !("error_code" in response)) return response;
  const { sqlstate, error_class, ...needed } = response as Record<string, unknown>;
  return needed;
}

/** No message may show Leeway's inside. */
function leaks({ status, body }: Answer): string[] {
  const inside = status < 400 ? null : /SQL|SELECT|INSERT|constraint|psycopg|at .*\.ts|\/(home|var|tmp)\//.exec(body);
  return inside ? [`shows ${inside[0]}`] : [];
}

function parsed(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}
