import { Tabs } from "#components/ui/tabs.tsx";

interface EndpointTabsProps {
  endpoint: string;
  current: "drift" | "data";
}

/** The two sides of how an endpoint's inputs are watched: whether they drift, and whether they are whole. */
export function EndpointTabs({ endpoint, current }: EndpointTabsProps) {
  const base = `/drift/${encodeURIComponent(endpoint)}`;
  return (
    <Tabs
      label="What is watched"
      items={[
        { label: "Drift", href: base, current: current === "drift" },
        { label: "Data quality", href: `${base}/data`, current: current === "data" },
      ]}
    />
  );
}
