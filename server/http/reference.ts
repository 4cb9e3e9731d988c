import scalar from "@scalar/fastify-api-reference";
import type { FastifyInstance } from "fastify";

/** The page's own greys are too light to read; these are ours. */
const colors = (text: string, muted: string, quiet: string, background: string, sunken: string, accent: string) =>
  `--scalar-color-1:${text};--scalar-color-2:${muted};--scalar-color-3:${quiet};--scalar-sidebar-color-2:${muted};` +
  `--scalar-background-1:${background};--scalar-background-2:${sunken};--scalar-color-accent:${accent};`;
const css = `
.light-mode{${colors("#141922", "#434d5c", "#5f6979", "#ffffff", "#f4f6f8", "#2450c8")}
  --scalar-color-blue:#2450c8;--scalar-color-orange:#845000;--scalar-color-green:#0a6b4c;--scalar-color-red:#b0241c}
.dark-mode{${colors("#e8ebf1", "#b3bcc9", "#8d98a8", "#13171e", "#0f1319", "#8fb0ff")}
  --scalar-color-blue:#8fb0ff;--scalar-color-orange:#f2b857;--scalar-color-green:#5ccfa3;--scalar-color-red:#ff9187}`;

/**
 * The page that shows the REST interface and tries it, at /api/v1/docs. Everything it needs comes from this server: no fonts, no
 * proxy and no counting by others.
 */
export async function restReference(app: FastifyInstance): Promise<void> {
  app.addHook("onSend", async (_request, reply, payload) => {
    const isPage = String(reply.getHeader("content-type")).startsWith("text/html") && typeof payload === "string";
    return isPage ? payload.replace(/<html(?![^>]*lang)/, '<html lang="en"') : payload;
  });
  await app.register(scalar, {
    routePrefix: "/api/v1/docs",
    configuration: {
      url: "/api/v1/openapi.json",
      title: "REST interface, Leeway",
      favicon: "/mark.svg",
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
}
