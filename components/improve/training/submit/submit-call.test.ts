import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { submitCall } from "./submit-call.ts";

test("a shell passes the job on as it is", () => {
  const input = { name: "it's $HOME", spec: { command: ["python", "-c", "print('a')\nprint(\"b\\n\")"] } };
  const call = submitCall("https://leeway.example", input).replace(/^curl/, "printf '%s\\n'");
  const script = `LEEWAY_TOKEN=secret\nset -- ${call.slice("printf '%s\\n' ".length)}\nprintf '%s' "$3|$5|$9"`;
  const [url, header, ...body] = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("|");
  expect([url, header]).toEqual(["https://leeway.example/api/v1/training/jobs", "Authorization: Bearer secret"]);
  expect(JSON.parse(body.join("|"))).toEqual(input);
});
