/**
 * `npm run fuzz -- time`: sends texts of 64 KB on which parsers are slow to every route, in one field of a valid request at a time, and to
 * what the worker reads; fails if one holds an event loop for over 50 ms. `-- time fields worker` runs only these parts.
 * `npm run fuzz -- findings`: repeats the attacks of a security audit, and fails if one succeeds.
 * `npm run fuzz -- feast --minutes 5`: sends changed calls to Feast's interfaces, over HTTP, gRPC and Arrow Flight; fails if Leeway fails to
 * answer one, a role ends, or memory grows without a bound.
 * `npm run fuzz -- label-studio --minutes 5`: sends changed calls to Label Studio's interface, whole and in chunks; fails if Leeway fails to
 * answer one, a role ends, or memory grows without a bound.
 * `npm run fuzz -- --minutes 10`: tests every operation of the REST API by its OpenAPI document, and every MLflow call with unusual
 * arguments, against a separate Leeway. Nothing may respond with 5xx, whatever the input. The last line is JSON.
 */
import { parseArgs } from "node:util";
import { startStack } from "../suite/stack.ts";
import { countPredictions, summarise } from "./fuzz/answers.ts";
import { fuzzFeast, maxGrowthMb } from "./fuzz/feast.ts";
import { fuzzFindings } from "./fuzz/findings.ts";
import { fuzzLabelStudio } from "./fuzz/label-studio.ts";
import { fuzzMlflow } from "./fuzz/mlflow.ts";
import { fuzzRest } from "./fuzz/rest.ts";
import { fuzzTime } from "./fuzz/time.ts";

const { values, positionals } = parseArgs({
  options: { minutes: { type: "string", default: "10" } },
  allowPositionals: true,
});
const seconds = Number(values.minutes) * 60;

await using stack = await startStack({ LOG_LEVEL: "warn" });
if (positionals[0] === "time") {
  const time = await fuzzTime(stack, positionals.slice(1));
  console.log(JSON.stringify({ fuzz: { time } }));
  await stack[Symbol.asyncDispose]();
  process.exit(Object.values(time).every(({ tooLong }) => Object.keys(tooLong).length === 0) ? 0 : 1);
}
if (positionals[0] === "findings") {
  const findings = await fuzzFindings(stack);
  console.log(JSON.stringify({ fuzz: { findings } }));
  await stack[Symbol.asyncDispose]();
  process.exit(findings.every(({ isFixed }) => isFixed !== false) ? 0 : 1);
}
if (positionals[0] === "feast") {
  const feast = await fuzzFeast(stack, seconds);
  console.log(JSON.stringify(feast, undefined, 2));
  console.log(JSON.stringify({ fuzz: { feast } }));
  await stack[Symbol.asyncDispose]();
  const { failures, memoryMb, restarted } = feast;
  const isBounded = memoryMb.max - memoryMb.early <= maxGrowthMb;
  process.exit(failures.length === 0 && restarted.length === 0 && isBounded ? 0 : 1);
}
if (positionals[0] === "label-studio") {
  const labelStudio = await fuzzLabelStudio(stack, seconds);
  console.log(JSON.stringify(labelStudio, undefined, 2));
  console.log(JSON.stringify({ fuzz: { labelStudio } }));
  await stack[Symbol.asyncDispose]();
  const { failures, memoryMb, restarted } = labelStudio;
  const isBounded = memoryMb.max - memoryMb.early <= maxGrowthMb;
  process.exit(failures.length === 0 && restarted.length === 0 && isBounded ? 0 : 1);
}
const document = (await (await fetch(`${stack.url}/api/v1/openapi.json`)).json()) as { paths: Record<string, object> };
const declared = Object.values(document.paths).reduce((sum, path) => sum + Object.keys(path).length, 0);
const start = await countPredictions(stack.url);
const wrong = await fuzzMlflow(stack, seconds / 5);
const between = await countPredictions(stack.url);
await fuzzRest(stack, (4 * seconds) / 5);
const end = await countPredictions(stack.url);

const mlflow = { ...summarise(start, between, /mlflow/), wrong };
const rest = { declared, ...summarise(between, end, /^\/api\/v1/) };
console.log(JSON.stringify({ mlflow, rest }, undefined, 2));
console.log(JSON.stringify({ fuzz: { mlflow, rest } }));
const failures = [...Object.keys(mlflow.serverErrors), ...Object.keys(rest.serverErrors), ...wrong];
process.exitCode = failures.length === 0 ? 0 : 1;
