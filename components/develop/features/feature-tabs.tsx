import type { ReactNode } from "react";
import { Tabs } from "#components/ui/tabs.tsx";
import { FeatureKeys } from "./feature-keys.tsx";

const tabs = [
  { key: "views", label: "Views", href: "/features" },
  { key: "services", label: "Services", href: "/features/services" },
  { key: "sources", label: "Sources", href: "/features/sources" },
  { key: "materialisations", label: "Materialisations", href: "/features/materialisations" },
  { key: "training-sets", label: "Training sets", href: "/training-sets" },
] as const;

interface FeatureTabsProps {
  current: (typeof tabs)[number]["key"];
  /** Of the current one. */
  count?: number;
  /** Shown at the end of the line. */
  right?: ReactNode;
}

/** Renders the lists of the feature store as tabs, on whose pages key T creates a training set. */
export function FeatureTabs({ current, count, right }: FeatureTabsProps) {
  return (
    <>
      <FeatureKeys />
      <Tabs
        label="Feature store"
        right={right}
        items={tabs.map(({ key, label, href }) => ({
          label,
          href,
          current: key === current,
          ...(key === current && count !== undefined && { count }),
        }))}
      />
    </>
  );
}
