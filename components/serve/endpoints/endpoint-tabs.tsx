import { Tabs } from "#components/ui/tabs.tsx";
import { endpointHref, endpointSettingsHref, endpointTasksHref, loadTestsHref, predictionsHref } from "./addresses.ts";

interface EndpointTabsProps {
  endpoint: string;
  current: "traffic" | "predictions" | "tasks" | "load-tests" | "settings";
}

/** The pages of an endpoint, and which one is shown. */
export function EndpointTabs({ endpoint, current }: EndpointTabsProps) {
  const items = [
    { place: "traffic", label: "Traffic", href: endpointHref(endpoint) },
    { place: "predictions", label: "Predictions", href: predictionsHref(endpoint) },
    { place: "tasks", label: "Async", href: endpointTasksHref(endpoint) },
    { place: "load-tests", label: "Load tests", href: loadTestsHref(endpoint) },
    { place: "settings", label: "Settings", href: endpointSettingsHref(endpoint) },
  ];
  return (
    <Tabs
      label={`Sections of ${endpoint}`}
      items={items.map(({ place, label, href }) => ({ label, href, current: place === current }))}
    />
  );
}
