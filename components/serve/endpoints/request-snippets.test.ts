import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { curlSnippet, requestsSnippet, tritonSnippet } from "./request-snippets.ts";

const request = {
  inputs: [
    { name: "carrier", shape: [1, 1], datatype: "BYTES", data: ['O\'Hare "x" $HOME `id` é'] },
    { name: "flag", shape: [1, 1], datatype: "BOOL", data: [true] },
  ],
};

test("writes a curl command that the shell passes on unchanged", () => {
  const script = `curl() { printf '%s\\n' "$@"; }\n${curlSnippet("http://127.0.0.1:8080", "flight-delay", request)}`;
  const said = execFileSync("sh", ["-c", script], {
    env: { ...process.env, LEEWAY_TOKEN: "lw_secret" },
    encoding: "utf8",
  }).split("\n");
  expect(said).toContain("http://127.0.0.1:8080/v2/models/flight-delay/infer");
  expect(said).toContain("Authorization: Bearer lw_secret");
  expect(JSON.parse(said[said.indexOf("-d") + 1] ?? "")).toEqual(request);
  expect(curlSnippet("http://gateway", "a", request, "x-leeway-game-day: GD-7").split("\n")[3]).toBe(
    "  -H 'x-leeway-game-day: GD-7' \\",
  );
});

test("writes Python literals for booleans, and the same request", () => {
  const code = requestsSnippet("https://infer.example.org", "a b", request);
  expect(code).toContain("https://infer.example.org/v2/models/a%20b/infer");
  expect(code).toContain('"data": [True]');
});

test("writes host and input types for the Triton client", () => {
  const code = tritonSnippet("https://infer.example.org:8443", "flight-delay", request);
  expect(code).toContain('InferenceServerClient("infer.example.org:8443", ssl=True)');
  expect(code).toContain("np.array([True], dtype=np.bool_).reshape([1,1]), binary_data=False");
});

test("sends a file as bytes through the Triton client", () => {
  const parameters = { content_type: "base64" };
  const request = { inputs: [{ name: "picture", shape: [1], datatype: "BYTES", parameters, data: ["iVBORw=="] }] };
  const snippet = tritonSnippet("http://localhost:8080", "digits", request);
  expect(snippet).toContain('np.array([open("picture.png", "rb").read()], dtype=np.object_)');
  expect(snippet).not.toContain("iVBORw");
});
