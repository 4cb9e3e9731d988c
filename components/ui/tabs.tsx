import type { ReactNode } from "react";
import { formatCount } from "./format.ts";
import { Link } from "./link.tsx";
import { TabList } from "./tab-list.tsx";
import classes from "./tabs.module.css";

export interface TabItem {
  label: ReactNode;
  href: string;
  current: boolean;
  /** Shown quietly after the label. */
  count?: number;
}

interface TabsProps {
  label: string;
  items: TabItem[];
  /** At the end of the line. */
  right?: ReactNode;
  /** Whether `right` goes below the tabs where they need the line. */
  isRightBelow?: boolean;
}

/** Renders tabs with their own addresses. */
export function Tabs({ label, items, right, isRightBelow }: TabsProps) {
  return (
    <div className={classes.line} data-below={isRightBelow || undefined}>
      <TabList label={label} current={items.find(({ current }) => current)?.href} className={classes.tabs}>
        {items.map((item) => (
          <Link
            className={classes.tab}
            href={item.href}
            key={item.href}
            scroll={false}
            aria-current={item.current ? "page" : undefined}
          >
            {item.label}
            {item.count !== undefined && <span className="lw-quiet lw-number"> {formatCount(item.count)}</span>}
          </Link>
        ))}
      </TabList>
      {right && <div className={classes.right}>{right}</div>}
    </div>
  );
}

/** Renders a choice with few options, stored in the address: "All, Uncertain, Wrong". */
export function SegmentedLinks({ label, items }: { label: string; items: TabItem[] }) {
  return (
    <nav className={classes.segments} aria-label={label}>
      {items.map((item) => (
        <Link
          className={classes.segment}
          href={item.href}
          key={item.href}
          scroll={false}
          aria-current={item.current ? "true" : undefined}
        >
          {item.label}
        </Link>
      ))}
    </nav>
  );
}

interface SegmentedProps<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: { value: Value; label: ReactNode }[];
}

/** Renders a choice with few options inside a client component; a radio group for screen readers and arrow keys. */
export function Segmented<Value extends string>({ label, value, onChange, options }: SegmentedProps<Value>) {
  return (
    <fieldset className={classes.segments} aria-label={label}>
      {options.map((option) => (
        <label className={classes.segment} key={option.value} data-checked={option.value === value || undefined}>
          <input
            className="lw-hidden"
            type="radio"
            name={label}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
