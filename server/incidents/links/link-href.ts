import type { IncidentLink } from "./contract.ts";

/** Where what is linked is shown; null where there is no page of it. */
export function linkHref(link: Pick<IncidentLink, "kind" | "ref"> & { endpoint: string | null }): string | null {
  const { kind, ref, endpoint } = link;
  const ofEndpoint = endpoint === null ? null : `/endpoints/${encodeURIComponent(endpoint)}`;
  switch (kind) {
    case "alert-group":
      return `/alerts/groups/${ref}`;
    case "slo":
      return `/slos/${ref}`;
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
