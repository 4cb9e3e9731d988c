import { Tabs } from "#components/ui/tabs.tsx";

interface EndpointTabsProps {
  endpoint: string;
  current: "drift" | "data" | "settings";
}

/** Tabs of an endpoint's monitoring: drift of inputs and predictions, data checks, and rules. */
export function EndpointTabs({ endpoint, current }: EndpointTabsProps) {
  const base = `/drift/${encodeURIComponent(endpoint)}`;
  return (
    <Tabs
      label="Monitoring views"
      items={[
        { label: "Drift", href: base, current: current === "drift" },
        { label: "Data quality", href: `${base}/data`, current: current === "data" },
        { label: "Settings", href: `${base}/settings`, current: current === "settings" },
      ]}
    />
  );
}
