import { expect, test } from "vitest";
import { StartError } from "#db/start-error.ts";
import { readConfig } from "./config.ts";

test("listens on localhost and stores data in ./data without variables", () => {
  expect(readConfig({})).toMatchObject({
    databaseUrl: undefined,
    dataDir: `${process.cwd()}/data`,
    artifacts: { kind: "folder", path: `${process.cwd()}/data/artifacts` },
    host: "127.0.0.1",
    port: 3000,
    gatewayPort: 8080,
    workerPort: 8081,
    feastPort: 6570,
    publicUrl: "http://localhost:3000",
    gatewayUrl: "http://localhost:8080",
    oidc: undefined,
    executionProviders: ["cpu"],
  });
});

test("treats an empty variable as unset", () => {
  expect(readConfig({ PORT: "", DATABASE_URL: " ", LOG_LEVEL: "" })).toMatchObject({ port: 3000, logLevel: "info" });
});

test("preserves the order of execution providers", () => {
  expect(readConfig({ EXECUTION_PROVIDERS: "cuda, cpu" }).executionProviders).toEqual(["cuda", "cpu"]);
});

test("sends traces to the collector of the standard variables, and none without one", () => {
  expect(readConfig({}).tracing).toBeUndefined();
  const common = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/" };
  const standard = { serviceName: "leeway-gateway", sampler: "parentbased_always_on", ratio: 1 };
  expect(readConfig(common).tracing).toEqual({ url: "http://collector:4318/v1/traces", ...standard });
  const own = { ...common, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://traces:4318/otlp", OTEL_SERVICE_NAME: "digits" };
  const sampled = { ...own, OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.1" };
  expect(readConfig(sampled).tracing).toEqual({
    url: "http://traces:4318/otlp",
    serviceName: "digits",
    sampler: "parentbased_traceidratio",
    ratio: 0.1,
  });
});

test("removes the trailing slash of URLs", () => {
  expect(readConfig({ PUBLIC_URL: "https://leeway.example.org/" }).publicUrl).toBe("https://leeway.example.org");
});

test("uses path style and a default region for a bucket with a custom endpoint", () => {
  const { artifacts } = readConfig({ ARTIFACT_URL: "s3://models/a/b/", S3_ENDPOINT: "http://127.0.0.1:9000" });
  expect(artifacts).toMatchObject({ kind: "bucket", bucket: "models", prefix: "a/b/", isPathStyle: true });
  expect(artifacts).toMatchObject({ region: "us-east-1", cacheFolder: `${process.cwd()}/data/artifact-cache` });
});

test("uses host style and the region of the AWS configuration for an Amazon bucket", () => {
  const { artifacts } = readConfig({ ARTIFACT_URL: "s3://models" });
  expect(artifacts).toMatchObject({ prefix: "", isPathStyle: false, region: undefined, endpoint: undefined });
});

test.each([
  [{ ARTIFACT_URL: "https://models" }, "ARTIFACT_URL: must be of the form s3://"],
  [{ ARTIFACT_URL: "s3://models/../x" }, "ARTIFACT_URL: the prefix can contain only letters"],
  [{ ARTIFACT_URL: `s3://models/${"x".repeat(81)}` }, "ARTIFACT_URL: the prefix can have at most 80"],
  [{ ARTIFACT_URL: "s3://models", ARTIFACT_DIR: "./a" }, "ARTIFACT_URL: cannot be combined with ARTIFACT_DIR"],
  [{ S3_ENDPOINT: "http://127.0.0.1:9000" }, "ARTIFACT_URL: required with S3_ENDPOINT"],
  [{ S3_ENDPOINT: "127.0.0.1:9000" }, "S3_ENDPOINT: must be a URL"],
  [{ S3_PATH_STYLE: "perhaps" }, 'S3_PATH_STYLE: must be "true" or "false"'],
  [{ PORT: "http" }, "PORT: "],
  [{ PORT: "70000" }, "PORT: "],
  [{ PORT: "8080" }, "GATEWAY_PORT: must differ from PORT"],
  [{ WORKER_PORT: "3000" }, "WORKER_PORT: must be at most 65535 and differ from PORT and GATEWAY_PORT"],
  [{ GATEWAY_PORT: "65535" }, "WORKER_PORT: must be at most 65535 and differ from PORT and GATEWAY_PORT"],
  [{ FEAST_PORT: "8081" }, "FEAST_PORT: must differ from PORT, GATEWAY_PORT and WORKER_PORT; got 8081"],
  [{ DATABASE_URL: "mysql://localhost/x" }, "DATABASE_URL: must be of the form postgres://"],
  [{ PUBLIC_URL: "leeway.example.org" }, "PUBLIC_URL: must be a URL"],
  [{ LOG_LEVEL: "loud" }, "LOG_LEVEL: "],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }, "OTEL_EXPORTER_OTLP_ENDPOINT: must be a URL"],
  [{ OTEL_TRACES_SAMPLER: "some" }, "OTEL_TRACES_SAMPLER: "],
  [{ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" }, "OTEL_TRACES_SAMPLER_ARG: "],
  [{ OTEL_TRACES_SAMPLER_ARG: "0.1" }, "OTEL_TRACES_SAMPLER_ARG: a ratio requires OTEL_TRACES_SAMPLER=traceidratio"],
  [{ TRUST_PROXY: "perhaps" }, "TRUST_PROXY: must be a number of proxies up to 10, or a list such as 10.0.0.0/8"],
  [{ TRUST_PROXY: "10.0.0.0/33" }, "TRUST_PROXY: must be a number of proxies up to 10, or a list such as 10.0.0.0/8"],
  [{ AUTH_SECRET: "short" }, "AUTH_SECRET: must have at least 32 characters"],
  [{ EXECUTION_PROVIDERS: "cpu,gpu" }, "EXECUTION_PROVIDERS: "],
  [{ OIDC_CLIENT_ID: "leeway" }, "OIDC_ISSUER: required with OIDC_CLIENT_ID"],
  [
    { OIDC_ISSUER: "https://id.example.org", OIDC_CLIENT_ID: "leeway" },
    "OIDC_CLIENT_SECRET: required with OIDC_ISSUER",
  ],
])("rejects %j and names the variable", (env, message) => {
  expect(() => readConfig(env)).toThrow(StartError);
  expect(() => readConfig(env)).toThrow(message);
});

test("reports all invalid variables together", () => {
  expect(() => readConfig({ PORT: "x", LOG_LEVEL: "loud" })).toThrow(/PORT: .*\nLOG_LEVEL: /);
});

test("takes the master key from a value, a file or a command, by default from a file in DATA_DIR", () => {
  expect(readConfig({ DATA_DIR: "/d" }).secretsKey).toEqual({ kind: "file", path: "/d/secrets-key" });
  expect(readConfig({ SECRETS_KEY_FILE: "/run/key" }).secretsKey).toEqual({ kind: "file", path: "/run/key" });
  expect(readConfig({ SECRETS_KEY: "abc" }).secretsKey).toEqual({ kind: "value", key: "abc" });
  expect(readConfig({ SECRETS_KEY_COMMAND: " kms  decrypt key " }).secretsKey).toEqual({
    kind: "command",
    command: ["kms", "decrypt", "key"],
  });
});

test("rejects more than one source of the master key", () => {
  expect(() => readConfig({ SECRETS_KEY: "abc", SECRETS_KEY_COMMAND: "kms" })).toThrow(
    "SECRETS_KEY: cannot be combined with SECRETS_KEY_FILE or SECRETS_KEY_COMMAND",
  );
});
