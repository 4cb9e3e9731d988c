import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);

const program = `
import json, sys
sys.path.insert(0, sys.argv[1])
import leeway_run
leeway_run.packages = lambda: []
print(json.dumps(leeway_run.make_record([])["environment"]["variables"]))
`;

test("no login of an address is in the record of a job", async () => {
  const env = {
    ...process.env,
    MLFLOW_TRACKING_URI: "https://ada:pa:ss@word@mlflow.test/a@b",
    MLFLOW_REGISTRY_URI: "http://mlflow.test:5000/?user=a@b",
    MLFLOW_TRACKING_PASSWORD: "secret",
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const { stdout } = await run("python3", ["-c", program, import.meta.dirname], { env });
  expect(JSON.parse(stdout)).toMatchObject({
    MLFLOW_TRACKING_URI: "https://mlflow.test/a@b",
    MLFLOW_REGISTRY_URI: "http://mlflow.test:5000/?user=a@b",
    MLFLOW_TRACKING_PASSWORD: "<redacted>",
  });
});
