import type { FastifyRequest } from "fastify";
import { DomainError } from "#server/base/errors.ts";

/** A path below a workspace: `/w/acme/api/2.0/mlflow/runs/get`. */
const below = /^\/+w\/([^/?#]+)(\/.*)$/;

/** Paths that programs call. Everything else below a workspace is a page, which the console serves. */
const interfaces =
  /^\/+(?:api(?!\/auth\/)|alertmanager|ajax-api|feast|label-studio|v1|v2|version|health|metrics|get-artifact|model-versions\/get-artifact)(?=[/?]|$)/;

/** Returns the path as the routes know it: without the workspace if it is the path of an API. */
export function withoutWorkspace(url: string): string {
  const [, , rest = ""] = below.exec(url) ?? [];
  return interfaces.test(rest) ? rest : url;
}

/**
 * Returns the workspace that a request chooses: by the prefix `/w/<slug>` of its path, or by MLflow's header X-MLFLOW-WORKSPACE.
 * Undefined when it leaves the choice to the token or the user.
 * @throws DomainError "invalid" when the two differ.
 */
export function chosenWorkspace(request: Pick<FastifyRequest, "originalUrl" | "headers">): string | undefined {
  const [, prefix] = below.exec(request.originalUrl) ?? [];
  const sent = request.headers["x-mlflow-workspace"];
  const header = (Array.isArray(sent) ? sent[0] : sent)?.trim() || undefined;
  const path = prefix && decoded(prefix);
  if (path && header && path !== header) {
    throw new DomainError("invalid", `Workspace mismatch: the URL says "${path}", the header "${header}".`);
  }
  return path ?? header;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
