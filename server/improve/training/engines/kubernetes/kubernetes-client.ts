import { createInterface } from "node:readline";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import {
  askEngine,
  type EngineAnswer,
  type EngineRequest,
  type EngineServer,
  openEngineStream,
} from "../engine-http.ts";

/** What Kubernetes answers instead of an object when something is wrong. */
const Status = z.object({ message: z.string().nullish(), reason: z.string().nullish(), code: z.int().nullish() });

const List = z.object({
  metadata: z.object({ resourceVersion: z.string(), continue: z.string().nullish() }),
  items: z.array(z.unknown()),
});

const Group = z.object({ preferredVersion: z.object({ version: z.string() }) });

const Event = z.object({
  type: z.string(),
  object: z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string().nullish() }).nullish() }),
});

export interface WatchEvent {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  object: unknown;
  resourceVersion: string;
}

/** The server keeps no history as old as a version: what is there has to be listed again. */
export class VersionGone extends Error {}

const maxListBytes = 64 * 2 ** 20;
const pageSize = 500;
/** Time after which the server ends a watch, which then goes on from where it was. */
const watchSeconds = 300;
/** Longer silence than bookmarks leave (about a minute): the connection is taken to be dead. */
const silentMs = 120_000;

export type KubernetesClient = ReturnType<typeof kubernetesClient>;

/** Client of the API of Kubernetes, as far as training needs it. Not yet tried on a cluster. docs/spec/training.md section 8. */
export function kubernetesClient(server: EngineServer) {
  const ask = async (request: EngineRequest, deadline: AbortSignal) => askEngine(server, request, deadline);

  async function page(path: string, query: Record<string, string>, deadline: AbortSignal) {
    const answer = await ask(
      { method: "GET", path: `${path}?${new URLSearchParams(query)}`, maxBytes: maxListBytes },
      deadline,
    );
    return parse(List, expectOk(answer));
  }

  return {
    /** @returns the object; undefined where one with its name is there already */
    async create(path: string, object: unknown, deadline: AbortSignal): Promise<unknown> {
      const answer = await ask({ method: "POST", path, body: { json: object } }, deadline);
      if (answer.status === 409 && statusOf(answer).reason === "AlreadyExists") return undefined;
      return parse(z.unknown(), expectOk(answer, [200, 201, 202]));
    },

    /** @returns undefined where there is none */
    async get(path: string, deadline: AbortSignal): Promise<unknown> {
      const answer = await ask({ method: "GET", path }, deadline);
      return isNotFound(answer) ? undefined : parse(z.unknown(), expectOk(answer));
    },

    /** @returns the version of a group of the API that the server prefers; undefined where it does not have the group */
    async preferredVersion(group: string, deadline: AbortSignal): Promise<string | undefined> {
      const answer = await ask({ method: "GET", path: `/apis/${group}` }, deadline);
      // No object is missing here, but a path: that comes in words alone.
      return answer.status === 404 ? undefined : parse(Group, expectOk(answer)).preferredVersion.version;
    },

    /** Deletes an object, and what belongs to it later; whether or not it is there. @param uid of the one that is meant */
    async remove(path: string, uid: string | undefined, deadline: AbortSignal): Promise<void> {
      // Said in words, because Jobs leave their pods behind by default.
      const json = { propagationPolicy: "Background", ...(uid !== undefined && { preconditions: { uid } }) };
      const answer = await ask({ method: "DELETE", path, body: { json } }, deadline);
      // A conflict is another object of the same name.
      if (isNotFound(answer) || answer.status === 409) return;
      expectOk(answer, [200, 202]);
    },

    /** All objects with a label, a page at a time, each with the version from which changes of them can be watched. */
    async *list(
      path: string,
      labelSelector: string,
      deadline: AbortSignal,
    ): AsyncGenerator<{ items: unknown[]; resourceVersion: string }> {
      let next: string | undefined;
      do {
        const more = { labelSelector, limit: String(pageSize), ...(next && { continue: next }) };
        const { metadata, items } = await page(path, more, deadline);
        yield { items, resourceVersion: metadata.resourceVersion };
        next = metadata.continue ?? undefined;
      } while (next);
    },

    /**
     * Changes from a version on, until the server ends the watch. Bookmarks only carry a newer version; the first one says that it works.
     * @throws VersionGone where that version is too old
     */
    async *watch(
      path: string,
      { labelSelector, resourceVersion }: { labelSelector: string; resourceVersion: string },
      signal: AbortSignal,
    ): AsyncGenerator<WatchEvent> {
      const query = new URLSearchParams({
        labelSelector,
        resourceVersion,
        watch: "1",
        allowWatchBookmarks: "true",
        timeoutSeconds: String(watchSeconds),
      });
      const silence = new AbortController();
      const timer = setTimeout(() => silence.abort(), silentMs);
      timer.unref();
      try {
        const either = AbortSignal.any([signal, silence.signal]);
        const answer = await openEngineStream(server, { method: "GET", path: `${path}?${query}` }, either);
        // Nobody waits for a watch when the worker ends.
        answer.socket.unref();
        if (answer.statusCode !== 200) {
          answer.destroy();
          if (answer.statusCode === 410) throw new VersionGone();
          throw new DomainError("unavailable", `Kubernetes responded with ${answer.statusCode} to a watch.`);
        }
        yield { type: "BOOKMARK", object: undefined, resourceVersion };
        for await (const line of createInterface({ input: answer, crlfDelay: Number.POSITIVE_INFINITY })) {
          timer.refresh();
          if (line.trim() !== "") yield readEvent(line);
        }
      } finally {
        clearTimeout(timer);
        silence.abort();
      }
    },

    /** The last lines of a container; undefined while it has none, or no longer. */
    async lastLines(pod: string, container: string, deadline: AbortSignal): Promise<string | undefined> {
      const query = new URLSearchParams({ container, tailLines: "5", limitBytes: "2000" });
      const answer = await ask({ method: "GET", path: `${pod}/log?${query}`, headers: { accept: "*/*" } }, deadline);
      // 400 while it waits, 404 after the pod is gone.
      return answer.status === 200 ? answer.body.toString("utf8").trim() : undefined;
    },
  };
}

function readEvent(line: string): WatchEvent {
  const { type, object } = Event.parse(JSON.parse(line));
  if (type === "ERROR") {
    const { code, message } = Status.parse(object);
    if (code === 410) throw new VersionGone();
    throw new DomainError("unavailable", `Kubernetes ended a watch: ${(message ?? "").slice(0, 300)}`);
  }
  return { type: type as WatchEvent["type"], object, resourceVersion: object.metadata?.resourceVersion ?? "" };
}

function statusOf({ body }: EngineAnswer): z.infer<typeof Status> {
  try {
    return Status.parse(JSON.parse(body.toString("utf8")));
  } catch {
    return { message: body.toString("utf8", 0, 300).trim() };
  }
}

const isNotFound = (answer: EngineAnswer) => answer.status === 404 && statusOf(answer).reason === "NotFound";

/** @throws DomainError for every other answer */
function expectOk(answer: EngineAnswer, statuses: readonly number[] = [200]): EngineAnswer {
  const isJson = answer.type.startsWith("application/json");
  if (statuses.includes(answer.status) && isJson) return answer;
  const words = (statusOf(answer).message ?? "").slice(0, 500);
  switch (answer.status) {
    case 401:
      throw new DomainError(
        "unavailable",
        "Kubernetes rejected the token or certificate of this engine, which may have expired.",
      );
    case 403:
      throw new DomainError("unavailable", `Kubernetes does not allow this engine to do that: ${words}`);
    // A quota that is used up comes as 403 too, above, and may be free later; what follows stays wrong.
    case 400:
    case 422:
      throw new DomainError("invalid", `Kubernetes rejected the job: ${words}`, { field: "engineFields" });
    default:
      if (!isJson) throw new DomainError("unavailable", "No Kubernetes API at this address.");
      throw new DomainError("unavailable", `Kubernetes responded with ${answer.status}: ${words}`);
  }
}

function parse<T>(shape: z.ZodType<T>, answer: EngineAnswer): T {
  try {
    return shape.parse(JSON.parse(answer.body.toString("utf8")));
  } catch (cause) {
    throw new DomainError("unavailable", "Kubernetes responded with in a form that Leeway does not know.", { cause });
  }
}
