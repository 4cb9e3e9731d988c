import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { serveFile } from "#server/http/mlflow/send-artifact.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { JoinLaunch, StartedAttempt, StartLaunch } from "#server/improve/training/attempts/contract.ts";
import { joinLaunch } from "#server/improve/training/attempts/join-launch.ts";
import { type LaunchCaller, requireLaunch } from "#server/improve/training/attempts/launch-token.ts";
import { startLaunch } from "#server/improve/training/attempts/start-launch.ts";
import { openPackage } from "#server/improve/training/packages/package-store.ts";
import { answerWrappers } from "./wrapper-errors.ts";

const path = "/training/launches/:launchId/start";
const joinPath = "/training/launches/:launchId/join";
const packagePath = "/training/launches/:launchId/package";
const params = z.object({ launchId: z.string().max(64) });

/** What the machine of a launch asks before anything runs. It has the token of its launch, which is good for this alone. */
export function trainingLaunches(app: FastifyInstance, { db, artifacts, config }: WebDependencies): void {
  const summary = "Start an attempt of a launch, for the wrapper of its program; authenticated by the launch token";
  app.operations.push({
    method: "POST",
    path,
    summary,
    params,
    body: StartLaunch,
    response: StartedAttempt,
    status: 200,
  });
  app.operations.push({
    method: "POST",
    path: joinPath,
    summary: "Join the attempt of a launch from another of its machines; authenticated by the launch token",
    params,
    body: JoinLaunch,
    response: StartedAttempt,
    status: 200,
  });
  app.operations.push({
    method: "GET",
    path: packagePath,
    summary: "Download the package of a launch, for engines without storage; authenticated by the launch token",
    params,
    status: 200,
  });
  app.register(async (scope) => {
    answerWrappers(scope);
    scope.addHook("onRequest", async (request) => void (await requireLaunch(db, callerOf(request))));
    scope.post(path, { config: { isPublic: true } }, async (request, reply) => {
      const input = { ...StartLaunch.parse(request.body ?? {}), ...callerOf(request) };
      const started = await startLaunch(db, input, { url: config.publicUrl });
      return reply.send(StartedAttempt.parse({ ...started, maxFileBytes: config.maxUploadBytes }));
    });
    scope.post(joinPath, { config: { isPublic: true } }, async (request, reply) => {
      const input = { ...JoinLaunch.parse(request.body), ...callerOf(request) };
      const joined = await joinLaunch(db, input, { url: config.publicUrl });
      return reply.send(StartedAttempt.parse({ ...joined, maxFileBytes: config.maxUploadBytes }));
    });
    const findPackage = (request: FastifyRequest) => openPackage(db, callerOf(request), artifacts);
    serveFile(scope, packagePath, findPackage, { isPublic: true });
  });
}

function callerOf(request: FastifyRequest): LaunchCaller {
  const token = /^bearer\s+(\S+)$/i.exec(request.headers.authorization?.trim() ?? "")?.[1];
  if (token !== undefined) return { ...params.parse(request.params), token };
  throw new DomainError("unauthenticated", "Send the launch token as Authorization: Bearer lwl_….");
}
