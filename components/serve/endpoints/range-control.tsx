"use client";

import { ActionIcon, Button, Popover, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronLeft, IconChevronRight, IconClock, IconZoomOut } from "@tabler/icons-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { usePageKeys } from "#components/shell/use-page-keys.ts";
import { formatUntil } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { useHydrated, useNow } from "#components/ui/now.tsx";
import classes from "./range-control.module.css";
import {
  neighbour,
  rangeOf,
  shifted,
  type TimeRange,
  timeRanges,
  withFixed,
  withoutZoom,
  withRelative,
} from "./time-range.ts";
import { useRangeZoom } from "./use-range-zoom.ts";

/**
 * Renders the time range of a page, which the address stores: one that ends now, or one between two moments. Keys: = wider, - narrower, [ earlier,
 * ] later, Z back to the range before a zoom.
 */
export function RangeControl() {
  const router = useRouter();
  const pathname = usePathname();
  const query = useSearchParams();
  const zoom = useRangeZoom();
  const [opened, setOpened] = useState(false);
  const now = useNow(10_000);
  const range = rangeOf(Object.fromEntries(query));
  const back = withoutZoom(new URLSearchParams(query));
  const hrefOf = (changed: URLSearchParams) => `${pathname}?${changed}`;
  const relativeHref = (key: string) => hrefOf(withRelative(new URLSearchParams(query), key));
  const shift = (step: 1 | -1) => zoom(shifted(range, step, Date.now()));
  const isNow = range.fixed === undefined;
  usePageKeys((key) => {
    if (key === "[") shift(-1);
    else if (key === "]" && !isNow) shift(1);
    else if (key === "z" && back) router.push(hrefOf(back), { scroll: false });
    else if ((key === "=" || key === "-") && isNow) {
      const next = neighbour(timeRanges, range.key, key === "=" ? 1 : -1);
      if (next) router.replace(relativeHref(next.key), { scroll: false });
    } else return false;
    return true;
  });
  return (
    <>
      {back && (
        <Link className={classes.back} href={hrefOf(back)} scroll={false} title="Undo the zoom (Z)">
          <IconZoomOut size={15} stroke={1.7} aria-hidden="true" />
          <span>Back to {timeRanges.find(({ key }) => key === back.get("range"))?.label}</span>
        </Link>
      )}
      <fieldset className={classes.control} aria-label="Time range">
        <ActionIcon variant="subtle" aria-label="Earlier" title="Half a range earlier ([)" onClick={() => shift(-1)}>
          <IconChevronLeft size={14} stroke={1.7} />
        </ActionIcon>
        <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus returnFocus>
          <Popover.Target>
            <Button
              variant="subtle"
              size="xs"
              color="gray"
              className={classes.label}
              leftSection={<IconClock size={15} stroke={1.7} aria-hidden="true" />}
              rightSection={<IconChevronDown size={13} stroke={1.7} aria-hidden="true" />}
              title="Time range (= wider, - narrower)"
              onClick={() => setOpened(!opened)}
            >
              <RangeLabel range={range} now={now} />
            </Button>
          </Popover.Target>
          <Popover.Dropdown className={classes.menu} aria-label="Choose a time range">
            <ul>
              {timeRanges.map(({ key, label }) => (
                <li key={key}>
                  <Link
                    href={relativeHref(key)}
                    replace
                    scroll={false}
                    aria-current={key === range.key ? "true" : undefined}
                    onClick={() => setOpened(false)}
                  >
                    Last {label}
                  </Link>
                </li>
              ))}
            </ul>
            <FixedForm
              onChoose={(fixed) => {
                setOpened(false);
                router.push(hrefOf(withFixed(new URLSearchParams(query), fixed)), { scroll: false });
              }}
            />
          </Popover.Dropdown>
        </Popover>
        <ActionIcon
          variant="subtle"
          aria-label="Later"
          title="Half a range later (])"
          aria-disabled={isNow}
          onClick={() => !isNow && shift(1)}
        >
          <IconChevronRight size={14} stroke={1.7} />
        </ActionIcon>
      </fieldset>
    </>
  );
}

function RangeLabel({ range, now }: { range: TimeRange; now: number }) {
  const zone = useHydrated() ? undefined : "UTC";
  const { from, to } = range.fixed ?? { from: now - range.lengthMs, to: now };
  return (
    <>
      {!range.fixed && <span>Last {range.label}</span>}
      <span className={classes.times}>
        {formatUntil(from, now, zone)}–{formatUntil(to, now, zone)}
      </span>
    </>
  );
}

/** Renders the form for a range between two moments, in the time zone of the user. */
function FixedForm({ onChoose }: { onChoose: (fixed: { from: number; to: number }) => void }) {
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [problem, setProblem] = useState("");
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        const [start, end] = [Date.parse(from), to ? Date.parse(to) : Date.now()];
        if (!(end > start)) setProblem("Enter a start that is before the end.");
        else onChoose({ from: start, to: end });
      }}
    >
      <TextInput
        type="datetime-local"
        label="From"
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
        error={problem}
      />
      <TextInput
        type="datetime-local"
        label="To"
        description="Leave empty for now. At most 7 days."
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" size="xs">
        Show this range
      </Button>
    </form>
  );
}
