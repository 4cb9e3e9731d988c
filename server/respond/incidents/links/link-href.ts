import { ticketPath } from "#server/alerting/alerts/constants.ts";
import type { IncidentLink } from "./contract.ts";

/** Returns the URL of the linked object's page; null where it has none. @param link with the names of the endpoint and of the objective */
export function linkHref(
  link: Pick<IncidentLink, "kind" | "ref"> & { endpoint: string | null; slo: string | undefined },
): string | null {
  const { kind, ref, endpoint, slo } = link;
  const ofEndpoint = endpoint === null ? null : `/endpoints/${encodeURIComponent(endpoint)}`;
  switch (kind) {
    case "alert-group":
      return ticketPath(ref);
    case "slo":
      return slo === undefined ? null : `/slos/${encodeURIComponent(slo)}`;
    case "rollout":
      return `/rollouts/${ref}`;
    case "deployment":
      return ofEndpoint;
    case "prediction":
      return ofEndpoint && `${ofEndpoint}/predictions/${ref}`;
    case "issue":
      return /^https?:\/\//.test(ref) ? ref : null;
    case "change":
      return null;
  }
}
