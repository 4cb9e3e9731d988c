import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { StartedAttempt, StartLaunch } from "#server/improve/training/attempts/contract.ts";
import { startLaunch } from "#server/improve/training/attempts/start-launch.ts";
import { answerWrappers } from "./wrapper-errors.ts";

const path = "/training/launches/:launchId/start";
const params = z.object({ launchId: z.string().max(64) });

/** What the wrapper of a program asks before it runs anything. It has the token of its launch, which is good for this alone. */
export function trainingLaunches(app: FastifyInstance, { db, config }: WebDependencies): void {
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
  app.register(async (scope) => {
    answerWrappers(scope);
    scope.post(path, { config: { isPublic: true } }, async (request, reply) => {
      const { launchId } = params.parse(request.params);
      const input = { ...StartLaunch.parse(request.body ?? {}), launchId, token: bearerOf(request) };
      return reply.send(StartedAttempt.parse(await startLaunch(db, input, { url: config.publicUrl })));
    });
  });
}

function bearerOf({ headers }: FastifyRequest): string {
  const token = /^bearer\s+(\S+)$/i.exec(headers.authorization?.trim() ?? "")?.[1];
  if (token !== undefined) return token;
  throw new DomainError("unauthenticated", "Send the launch token as Authorization: Bearer lwl_….");
}
