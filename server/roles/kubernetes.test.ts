import { readdirSync, readFileSync } from "node:fs";
import Fastify from "fastify";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { readConfig, variableNames } from "#server/admin/settings/config.ts";
import { parseYamlDocuments } from "#server/base/yaml.ts";
import { health } from "#server/http/health.ts";
import { GatewayMetrics } from "#server/serve/telemetry/metrics.ts";

const folder = new URL("./start/kubernetes/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), "utf8");

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata?: { name: string };
  // biome-ignore lint/suspicious/noExplicitAny: shapes of Kubernetes, looked into where they are used.
  spec?: any;
  resources?: string[];
}

const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
const manifests = files.flatMap((name) => parseYamlDocuments(read(name)).map((document) => document as Manifest));
const of = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
const named = (kind: string, name: string) => of(kind).find((manifest) => manifest.metadata?.name === name);
const roles = ["gateway", "web", "worker"];
const ports = { web: 3000, gateway: 8080, worker: 8081 } as Record<string, number>;
/** The web role listens for Feast's clients too. */
const feast = { name: "feast", port: 6570 };

/** Variables of a file as kustomize reads it. */
const variables = (name: string) =>
  Object.fromEntries(
    read(name)
      .split("\n")
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

test("lists every manifest in the kustomization", () => {
  const [kustomization] = of("Kustomization");
  expect(kustomization?.resources?.toSorted()).toEqual(files.filter((name) => name !== "kustomization.yaml").sort());
});

test("uses only configuration or AWS variables in settings and secrets, which form a valid configuration", () => {
  const env = { ...variables("settings.env"), ...variables("secrets.example.env") };
  const ownOfAws = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
  for (const name of Object.keys(env)) expect([...variableNames, ...ownOfAws]).toContain(name);
  const config = readConfig(env);
  expect(config).toMatchObject({ host: "0.0.0.0", artifacts: { kind: "bucket" } });
  expect({ web: config.port, gateway: config.gatewayPort, worker: config.workerPort }).toEqual(ports);
  expect(config.feastPort).toBe(feast.port);
  for (const deployment of of("Deployment")) {
    const grace = deployment.spec.template.spec.terminationGracePeriodSeconds;
    const [, pause] = deployment.spec.template.spec.containers[0].lifecycle.preStop.exec.command;
    expect(grace).toBeGreaterThan(config.drainSeconds + Number(pause));
  }
});

test("runs each role as itself, on its port, with its labels", () => {
  expect(
    of("Deployment")
      .map(({ metadata }) => metadata?.name)
      .sort(),
  ).toEqual(roles);
  for (const { metadata, spec } of of("Deployment")) {
    const { name = "" } = metadata ?? {};
    const [container] = spec.template.spec.containers;
    expect(container.command).toEqual(["node_modules/.bin/node", "server/main.ts", name]);
    const others = name === "web" ? [feast] : [];
    expect(container.ports).toEqual([
      { name: "http", containerPort: ports[name] },
      ...others.map(({ name, port }) => ({ name, containerPort: port })),
    ]);
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    const budget = named("PodDisruptionBudget", name)?.spec;
    expect(budget.selector.matchLabels).toEqual(spec.selector.matchLabels);
    const policy = named("NetworkPolicy", name)?.spec;
    expect(policy.podSelector.matchLabels).toEqual(spec.selector.matchLabels);
    expect(policy.ingress[0].ports).toEqual([{ port: ports[name] }, ...others.map(({ port }) => ({ port }))]);
    const service = named("Service", name)?.spec;
    if (service) {
      expect(service).toMatchObject({ selector: spec.selector.matchLabels, ports: [{ port: ports[name] }, ...others] });
    }
  }
});

test("probes paths that every role serves", async () => {
  const app = Fastify();
  health(app, {});
  for (const { spec } of of("Deployment")) {
    const [container] = spec.template.spec.containers;
    for (const kind of ["startupProbe", "readinessProbe", "livenessProbe"]) {
      const { path, port } = container[kind].httpGet;
      expect((await app.inject(path)).statusCode, path).toBe(200);
      expect(port).toBe("http");
    }
  }
});

test("scales the gateways by a metric that they export", () => {
  const [autoscaler] = of("HorizontalPodAutoscaler");
  expect(named("Deployment", autoscaler?.spec.scaleTargetRef.name)?.spec.replicas).toBeUndefined();
  const registry = new Registry();
  new GatewayMetrics(registry, () => []);
  expect(registry.getSingleMetric(autoscaler?.spec.metrics[0].pods.metric.name)).toBeDefined();
});
