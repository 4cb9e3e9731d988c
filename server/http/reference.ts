import Fastify, { type FastifyInstance } from "fastify";
import { newNonce, referencePolicy } from "./response-headers.ts";
import { hijack } from "./server.ts";

const routePrefix = "/api/v1/docs";
/** Stands in the page for the nonce of a response: the configuration of the page is read only once. */
const nonceMark = "nonce-of-this-response";
/** Zod in the code of the page would try whether it may compile code, which the policy of the page forbids and reports. */
const withoutCompiling = `<script nonce="${nonceMark}">globalThis.__zod_globalConfig = { jitless: true };</script>`;

/** The page's own greys have too little contrast, so they are replaced. */
const colors = (text: string, muted: string, quiet: string, background: string, sunken: string, accent: string) =>
  `--scalar-color-1:${text};--scalar-color-2:${muted};--scalar-color-3:${quiet};--scalar-sidebar-color-2:${muted};` +
  `--scalar-background-1:${background};--scalar-background-2:${sunken};--scalar-color-accent:${accent};`;
const css = `
.light-mode{${colors("#141922", "#434d5c", "#5f6979", "#ffffff", "#f4f6f8", "#2450c8")}
  --scalar-color-blue:#2450c8;--scalar-color-orange:#845000;--scalar-color-green:#0a6b4c;--scalar-color-red:#b0241c}
.dark-mode{${colors("#e8ebf1", "#b3bcc9", "#8d98a8", "#13171e", "#0f1319", "#8fb0ff")}
  --scalar-color-blue:#8fb0ff;--scalar-color-orange:#f2b857;--scalar-color-green:#5ccfa3;--scalar-color-red:#ff9187}`;

/**
 * Serves the page that shows the REST API and can send requests to it, at /api/v1/docs. Everything it needs comes from this server: no
 * fonts, no proxy and no tracking by third parties. Its code takes 20 MB of memory, and is loaded when the page is first requested.
 */
export async function restReference(app: FastifyInstance): Promise<void> {
  let opened: Promise<FastifyInstance> | undefined;
  const open = () => {
    opened ??= openReference().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  for (const url of [routePrefix, `${routePrefix}/*`]) {
    app.get(url, async (request, reply) => {
      const reference = await open();
      hijack(reply);
      reference.routing(request.raw, reply.raw);
    });
  }
  app.addHook("onClose", async () => {
    await (await opened?.catch(() => undefined))?.close();
  });
}

/** A server of its own: one that answers already takes no more routes. */
async function openReference(): Promise<FastifyInstance> {
  const app = Fastify();
  const { default: scalar } = await import("@scalar/fastify-api-reference");
  app.addHook("onSend", async (_request, reply, payload) => {
    const isPage = String(reply.getHeader("content-type")).startsWith("text/html") && typeof payload === "string";
    if (!isPage) return payload;
    const nonce = newNonce();
    reply.header("content-security-policy", referencePolicy(nonce));
    return payload
      .replace(/<html(?![^>]*lang)/, '<html lang="en"')
      .replace("<script", `${withoutCompiling}<script`)
      .replaceAll(nonceMark, nonce);
  });
  await app.register(scalar, {
    routePrefix,
    configuration: {
      url: "/api/v1/openapi.json",
      title: "REST interface, Leeway",
      favicon: "/mark.svg",
      nonce: nonceMark,
      customCss: css,
      hideModels: true,
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
      showDeveloperTools: "never",
      agent: { disabled: true },
      mcp: { disabled: true },
      persistAuth: false,
      defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
    },
  });
  await app.ready();
  return app;
}
