import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readKubeconfig, readServiceAccount } from "./cluster-access.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const kubeconfig = (user: string, cluster = `certificate-authority-data: ${base64("ca")}`) => `
apiVersion: v1
kind: Config
current-context: one
contexts:
  - {name: other, context: {cluster: nowhere, user: nobody}}
  - {name: one, context: {cluster: c, user: u}}
clusters:
  - name: c
    cluster:
      server: https://10.0.0.1:6443
      ${cluster}
users:
  - name: u
    user: ${user}
`;

test("reads the current context with its token or certificate", () => {
  expect(readKubeconfig(kubeconfig("{token: abc}"))).toEqual({
    name: "Kubernetes",
    address: "https://10.0.0.1:6443",
    headers: { authorization: "Bearer abc" },
    tls: { ca: "ca" },
  });
  const certificate = `{client-certificate-data: ${base64("cert")}, client-key-data: ${base64("key")}}`;
  expect(readKubeconfig(kubeconfig(certificate)).tls).toEqual({ ca: "ca", cert: "cert", key: "key" });
});

test.each([
  ["no YAML", ": : :", "it is not complete"],
  [
    "no context",
    kubeconfig("{}").replace("current-context: one", "current-context: gone"),
    "refers to a missing cluster or user",
  ],
  ["a program", kubeconfig("{exec: {command: aws}}"), "it starts a program to sign in"],
  ["a file", kubeconfig("{tokenFile: /etc/passwd}"), "it refers to files"],
  ["a file of the cluster", kubeconfig("{token: a}", "certificate-authority: /etc/passwd"), "it refers to files"],
])("refuses a kubeconfig with %s", (_, text, words) => {
  expect(() => readKubeconfig(text)).toThrow(words);
});

test("reads the service account of a pod, and says where there is none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "leeway-account-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "token"), "abc\n");
  await writeFile(join(folder, "ca.crt"), "ca");
  const env = { NODE_ENV: "test" as const, KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };
  expect(await readServiceAccount(env, folder)).toMatchObject({
    address: "https://[fd00::1]:443",
    headers: { authorization: "Bearer abc" },
  });
  await expect(readServiceAccount({ NODE_ENV: "test" }, folder)).rejects.toThrow("does not run in a cluster");
});
