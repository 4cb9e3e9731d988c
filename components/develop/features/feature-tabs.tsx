import { Tabs } from "#components/ui/tabs.tsx";

const tabs = [
  { key: "views", label: "Views", href: "/features" },
  { key: "services", label: "Services", href: "/features/services" },
  { key: "training-sets", label: "Training sets", href: "/training-sets" },
] as const;

/** Renders the lists of the feature store as tabs. @param count of the current one */
export function FeatureTabs({ current, count }: { current: (typeof tabs)[number]["key"]; count?: number }) {
  return (
    <Tabs
      label="Feature store"
      items={tabs.map(({ key, label, href }) => ({
        label,
        href,
        current: key === current,
        ...(key === current && count !== undefined && { count }),
      }))}
    />
  );
}
