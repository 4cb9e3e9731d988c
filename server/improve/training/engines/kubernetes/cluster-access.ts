import { readFile } from "node:fs/promises";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { parseYamlMapping } from "#server/base/yaml.ts";
import type { EngineServer } from "../engine-http.ts";

const Named = z.object({ name: z.string() });
const Cluster = z.object({
  server: z.url(),
  "certificate-authority-data": z.base64().optional(),
  "certificate-authority": z.string().optional(),
  "insecure-skip-tls-verify": z.boolean().optional(),
  "tls-server-name": z.string().optional(),
});
const User = z.object({
  token: z.string().optional(),
  "client-certificate-data": z.base64().optional(),
  "client-key-data": z.base64().optional(),
  "client-certificate": z.string().optional(),
  tokenFile: z.string().optional(),
  exec: z.unknown().optional(),
  "auth-provider": z.unknown().optional(),
});
const Kubeconfig = z.object({
  "current-context": z.string(),
  contexts: z.array(Named.extend({ context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(Named.extend({ cluster: Cluster })),
  users: z.array(Named.extend({ user: User })),
});

/**
 * Reads a kubeconfig, which is the secret of an engine. What it needs has to be in it: files of the worker are not for it, and programs of
 * exec plugins would run with the worker's rights.
 * @throws DomainError "unavailable" with what is missing
 */
export function readKubeconfig(text: string): EngineServer {
  const { data, error } = Kubeconfig.safeParse(parseYamlMapping(text));
  if (!data) throw refused(`it is not complete (${error.issues[0]?.path.join(".") || "empty"})`);
  const context = data.contexts.find(({ name }) => name === data["current-context"])?.context;
  const cluster = data.clusters.find(({ name }) => name === context?.cluster)?.cluster;
  const user = data.users.find(({ name }) => name === context?.user)?.user;
  if (!cluster || !user) throw refused("its current context refers to a missing cluster or user");
  if (user.exec || user["auth-provider"]) {
    throw refused("it starts a program to sign in. Use the token of a service account instead");
  }
  if (
    user.tokenFile ||
    user["client-certificate"] ||
    (cluster["certificate-authority"] && !cluster["certificate-authority-data"])
  ) {
    throw refused("it refers to files. Create a self-contained one with kubectl config view --flatten --minify --raw");
  }
  const decoded = (text: string | undefined) =>
    text === undefined ? undefined : Buffer.from(text, "base64").toString("utf8");
  const tls = {
    ca: decoded(cluster["certificate-authority-data"]),
    cert: decoded(user["client-certificate-data"]),
    key: decoded(user["client-key-data"]),
    servername: cluster["tls-server-name"],
    ...(cluster["insecure-skip-tls-verify"] && { rejectUnauthorized: false }),
  };
  return {
    name: "Kubernetes",
    address: cluster.server,
    headers: user.token === undefined ? {} : { authorization: `Bearer ${user.token}` },
    tls: Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined)),
  };
}

const refused = (why: string) =>
  new DomainError("unavailable", `The kubeconfig of this engine cannot be used: ${why}.`);

const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Access of a worker that runs in the cluster itself. Its token changes every hour, so it is read each time. @throws DomainError "unavailable" */
export async function readServiceAccount(
  env: NodeJS.ProcessEnv = process.env,
  folder = accountFolder,
): Promise<EngineServer> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = env;
  try {
    if (!host) throw new Error("This process does not run in a cluster.");
    const [token, ca] = await Promise.all([readFile(`${folder}/token`, "utf8"), readFile(`${folder}/ca.crt`, "utf8")]);
    const address = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
    return { name: "Kubernetes", address, headers: { authorization: `Bearer ${token.trim()}` }, tls: { ca } };
  } catch (cause) {
    const message = "This engine has no kubeconfig, and Leeway does not run in a cluster with a service account.";
    throw new DomainError("unavailable", message, { cause });
  }
}
