import { Tabs } from "#components/ui/tabs.tsx";
import { endpointHref, endpointSettingsHref, endpointTasksHref, loadTestsHref, predictionsHref } from "./addresses.ts";

interface EndpointTabsProps {
  endpoint: string;
  current: "traffic" | "predictions" | "tasks" | "load-tests" | "settings";
}

/** Renders the tabs of an endpoint, with the current one marked. */
export function EndpointTabs({ endpoint, current }: EndpointTabsProps) {
  const items = [
    { key: "traffic", label: "Traffic", href: endpointHref(endpoint) },
    { key: "predictions", label: "Predictions", href: predictionsHref(endpoint) },
    { key: "tasks", label: "Async", href: endpointTasksHref(endpoint) },
    { key: "load-tests", label: "Load tests", href: loadTestsHref(endpoint) },
    { key: "settings", label: "Settings", href: endpointSettingsHref(endpoint) },
  ];
  return (
    <Tabs
      label={`Sections of ${endpoint}`}
      items={items.map(({ key, label, href }) => ({ label, href, current: key === current }))}
    />
  );
}
