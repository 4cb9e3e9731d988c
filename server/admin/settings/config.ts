import { isIP } from "node:net";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { z } from "zod";
import { StartError } from "#db/start-error.ts";
import { halfOfMemory } from "#server/base/confinement/half-of-memory.ts";
import { trimEndOf } from "#server/base/text/trim-of.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import type { Outside } from "../../alerting/notifications/outside.ts";
import { type ArtifactLocation, readBucketLocation } from "../../platform/artifacts/artifact-location.ts";
import type { KeySource } from "../../platform/secrets/key-source.ts";
import type { EngineRules } from "../../serve/engines/contract.ts";
import type { TracingSettings } from "../../serve/tracing/tracing.ts";
import { readTracing, samplers } from "../../serve/tracing/tracing-settings.ts";
import type { ImportRules } from "../transfer/contract.ts";

const port = z.coerce.number().int().min(1).max(65_535);
const count = z.coerce.number().int().min(1);
const bytes = z.coerce.number().int().min(0);
const address = z.url({ protocol: /^https?$/, error: "must be a URL such as https://leeway.example.org" });
const flag = z.stringbool({ error: 'must be "true" or "false"' });
const maxProxies = 10;
const defaultMaxConnections = 1_000;
const trustedProxies = z.string().transform((text, context): false | number | string[] => {
  const value = text.trim().toLowerCase();
  if (value === "false" || value === "0") return false;
  if (value === "true") return 1;
  if (/^\d{1,2}$/.test(value) && Number(value) <= maxProxies) return Number(value);
  const networks = value.split(",").map((network) => network.trim());
  if (networks.every(isNetwork)) return networks;
  context.addIssue({
    code: "custom",
    message: `must be a number of proxies up to ${maxProxies}, or a list such as 10.0.0.0/8`,
  });
  return z.NEVER;
});

/** Whether a text is an address, or a network in CIDR notation. */
function isNetwork(text: string): boolean {
  const [address = "", bits, ...others] = text.split("/");
  const version = isIP(address);
  if (version === 0 || others.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

const providers = z
  .string()
  .transform((text) => text.split(",").map((name) => name.trim()))
  .pipe(z.array(z.enum(["cpu", "webgpu", "cuda", "tensorrt"])).min(1));

const packages = z
  .string()
  .transform((text) => text.split(",").map((name) => name.trim()))
  .pipe(z.array(z.string().regex(/^[0-9a-f]{64}$/, "must be a list of SHA-256")))
  .transform((list): ReadonlySet<string> => new Set(list));

/** Every variable Leeway reads. docs/configuration.md describes each; a test compares the names. */
const Variables = z.object({
  /** Postgres 14 or newer. Without it, Leeway runs its own Postgres in DATA_DIR. */
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: "must be of the form postgres://user:password@host:5432/database" })
    .optional(),
  /** Directory of all data: Leeway's own Postgres, artifacts. */
  DATA_DIR: z.string().default("./data"),
  /** Folder of artifacts and model files. Default: "artifacts" in DATA_DIR. */
  ARTIFACT_DIR: z.string().optional(),
  /** Bucket of artifacts and model files instead of a folder: s3://bucket/prefix. Credentials come by the usual ways of AWS. */
  ARTIFACT_URL: z.string().optional(),
  /** Address of the server of the bucket. Without it, Amazon's. */
  S3_ENDPOINT: address.optional(),
  /** Region of the bucket. Default: as AWS_REGION or the profile says; "us-east-1" with S3_ENDPOINT. */
  S3_REGION: z.string().optional(),
  /** "true" if the bucket's name is in the path of its address, "false" if it is in the host. Default: "true" with S3_ENDPOINT. */
  S3_PATH_STYLE: flag.optional(),
  /** Maximum number of bytes of model files from the bucket that a machine caches in DATA_DIR. */
  ARTIFACT_CACHE_BYTES: count.default(20 * 2 ** 30),
  /** Port of the console and of the MLflow and REST interfaces. */
  PORT: port.default(3000),
  /** Port of inference. */
  GATEWAY_PORT: port.default(8080),
  /** Port of the worker's health and metrics. Default: one above GATEWAY_PORT. */
  WORKER_PORT: port.optional(),
  /** Port of Feast's clients: definitions of features over gRPC, and training sets over Arrow Flight. */
  FEAST_PORT: port.default(6570),
  /** Network address to listen on. The default is this machine only; "0.0.0.0" is every network, as containers need. */
  HOST: z.string().default("127.0.0.1"),
  /** Address under which people and clients reach the console. Default: http://localhost and PORT. */
  PUBLIC_URL: address.optional(),
  /** Address under which clients reach inference. Default: http://localhost and GATEWAY_PORT. */
  GATEWAY_URL: address.optional(),
  /** Secret that Prometheus sends as bearer token to read /metrics. Without it, only callers on this machine may read them. */
  METRICS_TOKEN: z.string().min(16, "must have at least 16 characters").optional(),
  /**
   * Proxies in front that add to X-Forwarded-For and set X-Forwarded-Proto: their number, or their addresses and networks, separated by
   * commas: "10.0.0.0/8,192.0.2.7". "true" is one proxy. Whatever a client writes into these headers itself is not believed.
   */
  TRUST_PROXY: trustedProxies.default(false),
  /** Open connections that one address may have at a port. Default: 1000; without limit behind a proxy, where all have its address. */
  MAX_CONNECTIONS_PER_ADDRESS: count.optional(),
  /** "false" sends every inference request through Node's HTTP server; "true" handles plain ones in front of it, at a fraction of the cost. */
  INFERENCE_FAST_PATH: flag.default(true),
  /** Address of a collector of OpenTelemetry; turns on traces of inference, by OTLP over HTTP. */
  OTEL_EXPORTER_OTLP_ENDPOINT: address.optional(),
  /** Collector address for traces only, with its complete path. Default: /v1/traces at OTEL_EXPORTER_OTLP_ENDPOINT. */
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address.optional(),
  /** Name of the gateway in traces. */
  OTEL_SERVICE_NAME: z.string().default("leeway-gateway"),
  /** Sampler of traces: "parentbased_always_on", "parentbased_traceidratio", "traceidratio", "always_off" and so on. */
  OTEL_TRACES_SAMPLER: z.enum(samplers).default("parentbased_always_on"),
  /** Sampling rate of a "traceidratio" sampler, 0 to 1. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).optional(),
  /** "true" adds metrics with Triton's names (nv_inference_…) to the gateway's, for existing Triton dashboards. */
  TRITON_METRICS: flag.default(false),
  /** Minimum level of log lines: "debug", "info", "warn", "error" or "silent". */
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  /** First administrator, created at the first start. */
  ADMIN_EMAIL: z.email({ error: "must be an email address" }).default("admin@leeway.local"),
  /** Password of the first administrator, of at least 12 characters. Without it, one is generated and written to DATA_DIR/first-sign-in.env. */
  ADMIN_PASSWORD: z.string().optional(),
  /** Argon2id hash of that password instead, so that the password itself is in no environment. */
  ADMIN_PASSWORD_HASH: z.string().startsWith("$argon2id$", "must be an Argon2id hash: $argon2id$v=19$m=…").optional(),
  /** Secret that encrypts session cookies. Without it, one is generated and stored encrypted in the database. */
  AUTH_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
  /** Master key that encrypts secrets in the database: 32 bytes in base64. Several machines need it, or the command, with one value. */
  SECRETS_KEY: z.string().optional(),
  /** File with the master key. Default: "secrets-key" in DATA_DIR, created at the first start. */
  SECRETS_KEY_FILE: z.string().optional(),
  /** Program that prints the master key, with its arguments separated by spaces; it runs without a shell. */
  SECRETS_KEY_COMMAND: z.string().optional(),
  /** Address of an OpenID Connect issuer; turns on sign-in by it. */
  OIDC_ISSUER: address.optional(),
  /** Name under which the issuer knows Leeway. */
  OIDC_CLIENT_ID: z.string().optional(),
  /** Secret that the issuer gave Leeway. */
  OIDC_CLIENT_SECRET: z.string().optional(),
  /** Name of the issuer on the sign-in button. */
  OIDC_NAME: z.string().default("Single sign-on"),
  /** Role of users at their first sign-in with OpenID Connect. Without it, an admin must add them first. */
  OIDC_DEFAULT_ROLE: z.enum(["viewer", "member", "operator", "admin"]).optional(),
  /** Execution providers in order of preference, separated by commas: "cpu", "webgpu", "cuda", "tensorrt". */
  EXECUTION_PROVIDERS: providers.default(["cpu"]),
  /**
   * Gateway processes that share GATEWAY_PORT. Each loads every model separately, so memory grows with their number; with two, a native
   * crash in one leaves the other serving, and more HTTP requests are handled concurrently. Default: 2 from 4 cores on, where two serving
   * threads leave cores to the models, else 1. More than one requires Linux.
   */
  GATEWAY_PROCESSES: count.max(64).optional(),
  /**
   * Worker threads per process that run models. Default: the cores not used by the serving threads, divided among the gateway processes, at
   * least one.
   */
  MODEL_WORKERS: count.max(256).optional(),
  /** Threads that one run of a model may use. */
  MODEL_THREADS: count.max(256).default(1),
  /**
   * Megabytes that the loaded versions of a gateway process may hold together. Beyond it, those that were not used for longest are
   * unloaded, and loaded again by the next request. Without it, all that fits into memory stays loaded.
   */
  MODEL_MEMORY_MB: count.optional(),
  /** Megabytes that each model process may use. Default: half of the memory of the machine or container. */
  MODEL_PROCESS_MEMORY_MB: count.optional(),
  /**
   * Isolation of model processes from the memory, files and network of Leeway: "auto" as far as the machine allows; "required" runs every
   * version in a process of its own, and does not start where these cannot be isolated; "none" limits their memory only.
   */
  MODEL_ISOLATION: z.enum(["auto", "required", "none"]).default("auto"),
  /** Price of an hour of one core, and of one GPU, unless a workspace's price book sets another. */
  PRICE_CORE_HOUR: z.coerce.number().min(0).optional(),
  PRICE_GPU_HOUR: z.coerce.number().min(0).optional(),
  /** Three letters of the currency of these two. */
  PRICE_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, "must be a three-letter code such as EUR")
    .default("EUR"),
  /** Kind of machine that gateways run on, as named in a price book: "c7g.xlarge". Without it, the price for all machines applies. */
  MACHINE_KIND: z.string().trim().max(200).default(""),
  /** Seconds between two flushes of a gateway's counters to Postgres. Each row covers 10 s, whatever this is. */
  FLUSH_SECONDS: z.coerce.number().min(1).max(60).default(5),
  /** Largest artifact or model file, in bytes. */
  MAX_UPLOAD_BYTES: count.default(5 * 2 ** 30),
  /** Largest body of any other request, in bytes. */
  MAX_REQUEST_BYTES: count.default(16 * 2 ** 20),
  /** Memory for rows of features in each gateway process; 0 caches none. */
  FEATURE_CACHE_BYTES: bytes.default(64 * 2 ** 20),
  /** Valkey or Redis in which look-ups read the newest rows of features, with user, password and number of the database. Without it, in Postgres. */
  FEATURE_STORE_URL: z
    .url({
      protocol: /^rediss?$/,
      error: "must be of the form redis://user:password@host:6379/0, or rediss:// for TLS",
    })
    .optional(),
  /** Memory in each gateway process for views of features of which all rows are held; 0 holds none. */
  FEATURE_HELD_BYTES: bytes.default(256 * 2 ** 20),
  /** Greatest size of a view that is held, as its rows are packed. */
  FEATURE_HELD_VIEW_BYTES: bytes.default(64 * 2 ** 20),
  /** Mail server that notifications go through: smtp://user:password@host:587, or smtps:// for TLS from the first byte. Without it, no e-mail is sent. */
  LEEWAY_SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: "must be of the form smtp://user:password@host:587" })
    .optional(),
  /** Sender of these e-mails: leeway@example.org or "Leeway <leeway@example.org>". Default: leeway@ the host of PUBLIC_URL. */
  LEEWAY_MAIL_FROM: z.string().regex(/@/, "must be an email address").optional(),
  /** Address of Slack's Web API, or of a server that speaks it. */
  LEEWAY_SLACK_URL: address.default("https://slack.com/api"),
  /** Address of PagerDuty's events, https://events.eu.pagerduty.com for its European region, or of a server that takes them. */
  LEEWAY_PAGERDUTY_URL: address.default("https://events.pagerduty.com"),
  /** "true" allows webhooks to use plain http, and private, loopback and link-local addresses. */
  WEBHOOK_PRIVATE_ADDRESSES: flag.default(false),
  /** "true" allows imports from MLflow servers at private, loopback and link-local addresses. */
  IMPORT_PRIVATE_ADDRESSES: flag.default(false),
  /** "true" allows deployments to use engines in private networks, including this machine, and by plain http. */
  ENGINE_PRIVATE_ADDRESSES: flag.default(false),
  /** "true" allows training jobs on the machine of the worker, with the worker's rights. */
  LOCAL_TRAINING: flag.default(false),
  /** SHA-256 of packages, separated by commas: only their Python files run there, whoever submits jobs. Unset, any program may. */
  LOCAL_TRAINING_PACKAGES: packages.optional(),
  /** Seconds that a stopping role has to finish its work. */
  DRAIN_SECONDS: z.coerce.number().min(0).max(600).default(20),
  /**
   * Seconds before that in which a stopping gateway still takes requests, but says that it is not ready. Longer than a balancer
   * needs to notice, so that no request fails.
   */
  DRAIN_NOTICE_SECONDS: z.coerce.number().min(0).max(600).default(1),
  /** "true" serves the console by Next's development server, with hot reload and without a build. */
  LEEWAY_DEV: flag.default(false),
});

/** Names of every variable. */
export const variableNames = Object.keys(Variables.shape);

type ExecutionProvider = z.infer<typeof providers>[number];

export interface Config {
  databaseUrl: string | undefined;
  /** Absolute path. */
  dataDir: string;
  artifacts: ArtifactLocation;
  port: number;
  gatewayPort: number;
  workerPort: number;
  /** Port of the web role for gRPC. */
  feastPort: number;
  host: string;
  /** Without a slash at the end. */
  publicUrl: string;
  /** Without a slash at the end. */
  gatewayUrl: string;
  metricsToken: string | undefined;
  hasTritonMetrics: boolean;
  /** Undefined if tracing is disabled. */
  tracing: TracingSettings | undefined;
  /** Number of proxies in front, or their addresses and networks; false without any. */
  trustProxy: false | number | string[];
  /** Undefined without a limit. */
  maxConnectionsPerAddress: number | undefined;
  hasFastPath: boolean;
  logLevel: z.infer<typeof Variables>["LOG_LEVEL"];
  adminEmail: string;
  adminPassword: string | undefined;
  adminPasswordHash: string | undefined;
  authSecret: string | undefined;
  /** Where the master key of stored secrets comes from. */
  secretsKey: KeySource;
  oidc: Oidc | undefined;
  executionProviders: ExecutionProvider[];
  gatewayProcesses: number;
  modelWorkers: number;
  modelThreads: number;
  /** Infinite without a limit. */
  modelMemoryBytes: number;
  /** Bytes of memory that each model process may use. */
  modelProcessBytes: number;
  modelIsolation: z.infer<typeof Variables>["MODEL_ISOLATION"];
  /** Prices per hour; a workspace's own price book takes precedence. */
  prices: { core: number | undefined; gpu: number | undefined; currency: string };
  machineKind: string;
  flushSeconds: number;
  maxUploadBytes: number;
  maxRequestBytes: number;
  /** Valkey or Redis with the newest rows of features; undefined without one. */
  featureStoreUrl: string | undefined;
  featureCacheBytes: number;
  /** Memory for views whose rows are all held, and the greatest packed size of one. */
  heldFeatures: { maxBytes: number; maxViewBytes: number };
  webhooks: NetworkRules;
  notifications: Outside;
  imports: ImportRules;
  engines: EngineRules;
  /** Whether training jobs may run on the machine of the worker. */
  hasLocalTraining: boolean;
  /** SHA-256 of the packages whose files alone may run there; null: any program. */
  localPackages: ReadonlySet<string> | null;
  drainSeconds: number;
  drainNoticeSeconds: number;
  isDevelopment: boolean;
}

export interface Oidc {
  issuer: string;
  clientId: string;
  clientSecret: string;
  name: string;
  defaultRole: z.infer<typeof Variables>["OIDC_DEFAULT_ROLE"];
}

/**
 * Parses the configuration, once per process. An empty variable counts as unset.
 * @throws StartError with one line per invalid variable: its name and the expected value.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const environment = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const { data, error } = Variables.safeParse(environment);
  if (error) {
    throw new StartError(error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`).join("\n"));
  }
  const { PORT: port, GATEWAY_PORT: gatewayPort, WORKER_PORT: workerPort = gatewayPort + 1 } = data;
  if (port === gatewayPort) throw new StartError(`GATEWAY_PORT: must differ from PORT, which is ${port} too`);
  if (workerPort === port || workerPort === gatewayPort || workerPort > 65_535) {
    throw new StartError(`WORKER_PORT: must be at most 65535 and differ from PORT and GATEWAY_PORT; got ${workerPort}`);
  }
  const feastPort = data.FEAST_PORT;
  if ([port, gatewayPort, workerPort].includes(feastPort)) {
    throw new StartError(`FEAST_PORT: must differ from PORT, GATEWAY_PORT and WORKER_PORT; got ${feastPort}`);
  }
  const dataDir = resolve(data.DATA_DIR);
  const cores = availableParallelism();
  const gatewayProcesses = data.GATEWAY_PROCESSES ?? (cores >= 4 && process.platform === "linux" ? 2 : 1);
  if (gatewayProcesses > 1 && process.platform !== "linux") {
    throw new StartError(
      "GATEWAY_PROCESSES: must be 1 on this system; only Linux supports sharing a port between processes",
    );
  }
  const publicUrl = withoutSlash(data.PUBLIC_URL ?? `http://localhost:${port}`);
  return {
    databaseUrl: data.DATABASE_URL,
    dataDir,
    artifacts: readArtifactLocation(data, dataDir),
    port,
    gatewayPort,
    workerPort,
    feastPort,
    host: data.HOST,
    publicUrl,
    gatewayUrl: withoutSlash(data.GATEWAY_URL ?? `http://localhost:${gatewayPort}`),
    metricsToken: data.METRICS_TOKEN,
    hasTritonMetrics: data.TRITON_METRICS,
    tracing: readTracing(data),
    trustProxy: data.TRUST_PROXY,
    maxConnectionsPerAddress:
      data.MAX_CONNECTIONS_PER_ADDRESS ?? (data.TRUST_PROXY === false ? defaultMaxConnections : undefined),
    hasFastPath: data.INFERENCE_FAST_PATH,
    logLevel: data.LOG_LEVEL,
    adminEmail: data.ADMIN_EMAIL,
    adminPassword: data.ADMIN_PASSWORD,
    adminPasswordHash: data.ADMIN_PASSWORD_HASH,
    authSecret: data.AUTH_SECRET,
    secretsKey: readKeySource(data, dataDir),
    oidc: readOidc(data),
    executionProviders: data.EXECUTION_PROVIDERS,
    gatewayProcesses,
    modelWorkers: data.MODEL_WORKERS ?? Math.max(1, Math.floor(cores / gatewayProcesses) - 1),
    modelThreads: data.MODEL_THREADS,
    modelMemoryBytes: (data.MODEL_MEMORY_MB ?? Number.POSITIVE_INFINITY) * 2 ** 20,
    modelProcessBytes: data.MODEL_PROCESS_MEMORY_MB ? data.MODEL_PROCESS_MEMORY_MB * 2 ** 20 : halfOfMemory(),
    modelIsolation: data.MODEL_ISOLATION,
    prices: { core: data.PRICE_CORE_HOUR, gpu: data.PRICE_GPU_HOUR, currency: data.PRICE_CURRENCY },
    machineKind: data.MACHINE_KIND,
    flushSeconds: data.FLUSH_SECONDS,
    maxUploadBytes: data.MAX_UPLOAD_BYTES,
    maxRequestBytes: data.MAX_REQUEST_BYTES,
    featureStoreUrl: data.FEATURE_STORE_URL,
    featureCacheBytes: data.FEATURE_CACHE_BYTES,
    heldFeatures: { maxBytes: data.FEATURE_HELD_BYTES, maxViewBytes: data.FEATURE_HELD_VIEW_BYTES },
    webhooks: { allowsPrivate: data.WEBHOOK_PRIVATE_ADDRESSES },
    notifications: readOutside(data, publicUrl),
    imports: { allowsPrivate: data.IMPORT_PRIVATE_ADDRESSES },
    engines: { allowsPrivate: data.ENGINE_PRIVATE_ADDRESSES },
    hasLocalTraining: data.LOCAL_TRAINING,
    localPackages: data.LOCAL_TRAINING_PACKAGES ?? null,
    drainSeconds: data.DRAIN_SECONDS,
    drainNoticeSeconds: data.DRAIN_NOTICE_SECONDS,
    isDevelopment: data.LEEWAY_DEV,
  };
}

function readKeySource(data: z.infer<typeof Variables>, dataDir: string): KeySource {
  const { SECRETS_KEY: key, SECRETS_KEY_FILE: file, SECRETS_KEY_COMMAND: command } = data;
  if ([key, file, command].filter((value) => value !== undefined).length > 1) {
    throw new StartError(
      "SECRETS_KEY: cannot be combined with SECRETS_KEY_FILE or SECRETS_KEY_COMMAND. Set one of them.",
    );
  }
  if (key !== undefined) return { kind: "value", key };
  if (command !== undefined) return { kind: "command", command: command.trim().split(/\s+/) };
  return { kind: "file", path: resolve(file ?? resolve(dataDir, "secrets-key")) };
}

function readArtifactLocation(data: z.infer<typeof Variables>, dataDir: string): ArtifactLocation {
  const { ARTIFACT_URL } = data;
  if (ARTIFACT_URL && data.ARTIFACT_DIR) {
    throw new StartError("ARTIFACT_URL: cannot be combined with ARTIFACT_DIR");
  }
  if (ARTIFACT_URL) return readBucketLocation({ ...data, ARTIFACT_URL }, resolve(dataDir, "artifact-cache"));
  if (data.S3_ENDPOINT) throw new StartError("ARTIFACT_URL: required with S3_ENDPOINT, as s3://bucket/prefix");
  return { kind: "folder", path: resolve(data.ARTIFACT_DIR ?? resolve(dataDir, "artifacts")) };
}

function readOutside(data: z.infer<typeof Variables>, publicUrl: string): Outside {
  const { LEEWAY_SMTP_URL: url, LEEWAY_MAIL_FROM: from = `Leeway <leeway@${new URL(publicUrl).hostname}>` } = data;
  return {
    publicUrl,
    slackUrl: withoutSlash(data.LEEWAY_SLACK_URL),
    pagerdutyUrl: withoutSlash(data.LEEWAY_PAGERDUTY_URL),
    mail: url === undefined ? undefined : { url, from },
    rules: { allowsPrivate: data.WEBHOOK_PRIVATE_ADDRESSES },
  };
}

function readOidc(data: z.infer<typeof Variables>): Oidc | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = data;
  if (!issuer && !clientId && !clientSecret) return undefined;
  if (!issuer) throw new StartError("OIDC_ISSUER: required with OIDC_CLIENT_ID and OIDC_CLIENT_SECRET");
  if (!clientId) throw new StartError("OIDC_CLIENT_ID: required with OIDC_ISSUER");
  if (!clientSecret) throw new StartError("OIDC_CLIENT_SECRET: required with OIDC_ISSUER");
  return { issuer, clientId, clientSecret, name: data.OIDC_NAME, defaultRole: data.OIDC_DEFAULT_ROLE };
}

function withoutSlash(url: string): string {
  return trimEndOf(url, "/");
}
