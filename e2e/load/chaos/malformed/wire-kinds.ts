import type { Random } from "#server/stats/random.ts";
import { mutate, pick } from "#server/testing/fixtures/tracking/search/testing.ts";
import { rightInput } from "./json-kinds.ts";
import type { Kind } from "./kinds.ts";

const right = JSON.stringify({ inputs: [rightInput] });
const methods = [
  "GET",
  "HEAD",
  "PUT",
  "DELETE",
  "PATCH",
  "OPTIONS",
  "TRACE",
  "CONNECT",
  "PROPFIND",
  "QUERY",
  "M-SEARCH",
  "post",
  "FOO",
  "P\u00d6ST",
  "",
  "POST POST",
  "X".repeat(300),
];
const paths = [
  "/",
  "*",
  "",
  "/v2",
  "/v2/",
  "/v2/models",
  "//v2//models//tiny//infer",
  "/v2/models/%00/infer",
  "/v2/models/%/infer",
  "/v2/models/%ff%fe/infer",
  "/v2/models/../../etc/passwd",
  "/v2/models/tiny/versions/99/infer",
  "/v2/models//infer",
  "/v2/models/tiny/versions/%F0%9F%92%A5/infer",
  "/w/other/v2/models/tiny/infer",
  "/w/%/v2/models/tiny/infer",
  `/v2/models/${"x".repeat(5_100)}/infer`,
  `/v2/models/${"x".repeat(30_000)}/infer`,
  "http://a b/",
  "/v2/models/tiny/infer?a=%",
  "/v2/repository/models/none/load",
  "/v2/models/none/infer",
  "/api/v1/models",
  "/v2/models/__proto__/infer",
  "/metrics/x",
];
const oddHeaders: Record<string, string>[] = [
  ...["-1", "1e1", "99999999999999999999", "5, 5", "0x10", "abc", "1"].map((length) => ({ "content-length": length })),
  ...["gzip", "chunked, gzip", "identity", "chunked, chunked", "\u000bchunked"].map((coding) => ({
    "transfer-encoding": coding,
  })),
  ...["Bearer", "Bearer lw_nothing", "Basic %%%", "Negotiate x", "Bearer \u00ff", "x".repeat(9_000)].map(
    (authorization) => ({ authorization }),
  ),
  ...["100-continue", "200-ok", "x"].map((expect) => ({ expect })),
  ...["websocket", "h2c"].map((upgrade) => ({ upgrade, connection: "Upgrade" })),
  { "content-length": "9", "transfer-encoding": "chunked" },
  { host: "" },
  { host: "a\r\nhost: b" },
  { "x-large": "x".repeat(20_000) },
  { "content-type": "multipart/form-data; boundary=\u0001" },
  { "x-request-id": "\u00ff".repeat(300), "x-mlflow-workspace": "other" },
  { "x\u0000y": "1" },
  { "x y": "1" },
  { "x-folded": "a\r\n b" },
];
const chunked = [
  "zz\r\nabc\r\n0\r\n\r\n",
  "5\r\nab",
  "-5\r\nabcde\r\n0\r\n\r\n",
  "ffffffffffffffff\r\na",
  "5;x=y\r\nabcde\r\n0\r\nx: y\r\n\r\n",
  `1;${"x".repeat(20_000)}\r\na\r\n0\r\n\r\n`,
  "0\r\n",
];
const greetings = [
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  Buffer.from("160301020001fc0303", "hex"),
  Buffer.from("GET /\r\n"),
  Buffer.from("POST /v2/models/tiny/infer HTTP/9.9\r\n\r\n"),
  Buffer.from("POST /v2/models/tiny/infer HTTP/1.1\r\n"),
  Buffer.from("*1\r\n$4\r\nPING\r\n"),
];

/** Mistakes in HTTP itself. */
export const wireKinds: Record<string, Kind> = {
  method: (random) => ({ method: pick(random, methods), body: pick(random, [right, ""]) }),
  path: (random) => {
    const path = random() < 0.7 ? pick(random, paths) : mutate(random, "/v2/models/tiny/infer").replaceAll(/\s/g, "");
    return { path, method: pick(random, ["POST", "POST", "GET"]), body: right };
  },
  header: (random) => ({ headers: pick(random, oddHeaders), body: right }),
  "chunked body": (random) => ({ headers: { "transfer-encoding": "chunked" }, body: pick(random, chunked) }),
  "cut off": (random) => ({
    headers: { "content-length": String(right.length) },
    body: right.slice(0, Math.floor(random() * right.length)),
  }),
  "no HTTP": (random) => pick(random, [...greetings, noise(random)]),
  "bytes of a request": (random, whole) => {
    const bytes = Buffer.from(whole({ body: right }));
    for (let times = 1 + Math.floor(random() * 4); times > 0; times -= 1) {
      bytes.writeUInt8(Math.floor(random() * 256), Math.floor(random() * bytes.length));
    }
    return bytes;
  },
};

function noise(random: Random): Buffer {
  return Buffer.from(Array.from({ length: 1 + Math.floor(random() * 100) }, () => Math.floor(random() * 256)));
}
